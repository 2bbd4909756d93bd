// A change as the page knows it, out of its CloudEvent; and how two values compare.

import { Exact } from "./api.js";

export function changeOf(event) {
  const data = event.data;
  const place = /^\/databases\/([^/]*)\/tables\/(.*)$/s.exec(event.source) ?? [];
  return {
    kind: "change",
    id: event.id,
    database: place[1] ?? "",
    table: place[2] ?? "",
    subject: event.subject ?? "",
    time: event.time,
    operation: data.operation,
    key: data.key ?? {},
    keyBefore: data.keyBefore ?? null,
    before: data.before ?? null,
    after: data.after ?? null,
    transaction: data.transaction,
    origin: data.origin ?? [],
    position: data.position,
    event,
  };
}

/** What is told in the list's place where changes may be missing. */
export function markOf(kind, data) {
  return { kind, position: data.position, reason: data.reason, at: data.at ?? null, from: data.from ?? null };
}

const own = Object.hasOwn;

/** The columns of a change: name, before, after (undefined where that side has none), and whether it changed. */
export function columnsOf(change) {
  const before = change.before ?? {};
  const after = change.after ?? {};
  const names = new Set([...Object.keys(after), ...Object.keys(before)]);
  return [...names].map((name) => {
    const old = own(before, name) ? before[name] : undefined;
    const now = own(after, name) ? after[name] : undefined;
    const isKey = own(change.key, name);
    return { name, before: old, after: now, isKey, changed: !same(old, now) };
  });
}

export function same(a, b) {
  if (a === b) {
    return true;
  }
  if (a instanceof Exact || b instanceof Exact) {
    return a instanceof Exact && b instanceof Exact && a.source === b.source;
  }
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return false;
  }
  if (Array.isArray(a) !== Array.isArray(b)) {
    return false;
  }
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length && names.every((name) => own(b, name) && same(a[name], b[name]))
  );
}

/** The key's values as a person reads them. */
export function keyText(change) {
  return Object.values(change.key).map((value) => (value === null ? "NULL" : plain(value))).join(", ");
}

/** A value as text, JSON where it is a structure. */
export function plain(value) {
  return typeof value === "string" ? value : json(value);
}

/** JSON with every digit; with an indent, in lines. */
export function json(value, indent = "") {
  const end = indent ? "\n" + indent.slice(2) : "";
  const begin = indent ? "\n" + indent : "";
  const deeper = indent ? indent + "  " : "";
  if (value instanceof Exact) {
    return value.source;
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? "[]" : "[" + value.map((each) => begin + json(each, deeper)).join(",") + end + "]";
  }
  if (value !== null && typeof value === "object") {
    const members = Object.keys(value).map(
      (name) => begin + JSON.stringify(name) + (indent ? ": " : ":") + json(value[name], deeper),
    );
    return members.length === 0 ? "{}" : "{" + members.join(",") + end + "}";
  }
  return JSON.stringify(value) ?? "null";
}

/** Whether what a person looks for stands anywhere in a change, in small letters or capitals. */
export function holds(change, text) {
  if (change.text === undefined) {
    const told = [change.id, change.table, change.operation];
    texts([change.key, change.keyBefore, change.before, change.after, change.origin], told);
    change.text = told.join("\n").toLowerCase();
  }
  return change.text.includes(text);
}

/** All names and values in a structure, as a person would type them. */
function texts(value, into) {
  if (value === null || typeof value !== "object" || value instanceof Exact) {
    into.push(plain(value));
  } else {
    for (const [name, each] of Object.entries(value)) {
      into.push(name);
      texts(each, into);
    }
  }
}
