// Values of columns on the page: typed, NULL apart from empty, nothing invisible, long ones cut.

import { el } from "./dom.js";
import { Exact } from "./api.js";
import { json } from "./change.js";

const LONG = 600;
const MANY_LINES = 12;

/** What would be invisible, or turn the text around it: shown as its code. Line breaks and tabs stay. */
const HIDDEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Text as nodes, hidden characters as their codes. */
export function visible(text) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(HIDDEN)) {
    nodes.push(text.slice(from, found.index));
    const code = found[0].charCodeAt(0).toString(16).padStart(4, "0");
    nodes.push(el("span", { class: "code", title: "an invisible character" }, `\\u${code}`));
    from = found.index + found[0].length;
  }
  nodes.push(text.slice(from));
  return nodes;
}

export function typeOf(value) {
  if (value === undefined) {
    return "absent";
  }
  if (value === null) {
    return "null";
  }
  if (value instanceof Exact) {
    return "number";
  }
  return typeof value === "object" ? "json" : typeof value;
}

/** A value in a few characters, for a line of the list. */
export function brief(value, most = 40) {
  const type = typeOf(value);
  if (type === "absent") {
    return el("span", { class: "v-absent" }, "–");
  }
  if (type === "null") {
    return el("span", { class: "v-null" }, "NULL");
  }
  if (value === "") {
    return el("span", { class: "v-null" }, "empty");
  }
  const text = type === "string" ? value : json(value);
  const cut = text.length > most ? whole(text.slice(0, most)) + "…" : text;
  return el("span", { class: `v-${type}` }, visible(cut.replace(/\s+/g, " ")));
}

/** A text cut between characters, not within one. */
function whole(text) {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text;
}

/** How a value is shown in full: the text, and what is said of it. */
function shown(value) {
  const type = typeOf(value);
  if (type === "json") {
    return { text: json(value, "  "), type, note: "" };
  }
  if (type !== "string") {
    return { text: String(value), type, note: "" };
  }
  const inner = innerJson(value);
  if (inner !== null) {
    return { text: json(inner, "  "), type: "json", note: "JSON" };
  }
  const blank = value !== value.trim() ? "blanks at the edge" : "";
  return { text: value, type, note: blank };
}

/** The structure in a text that is JSON; numbers in it are not for show where they would lose digits. */
function innerJson(text) {
  if (!/^\s*[[{]/.test(text) || text.length > 200_000) {
    return null;
  }
  try {
    let exact = true;
    const value = JSON.parse(text, (name, each, context) => {
      exact &&= typeof each !== "number" || context?.source === undefined || context.source === String(each);
      return each;
    });
    return exact ? value : null;
  } catch {
    return null;
  }
}

/**
 * One side of a column.
 *
 * @param other the other side, to mark what differs; undefined where there is none
 * @param side `before` or `after`
 */
export function valueView(value, other, side) {
  const type = typeOf(value);
  if (type === "absent") {
    return el("span", { class: "v-absent" }, "not recorded");
  }
  if (type === "null") {
    return el("span", { class: "v-null" }, "NULL");
  }
  if (value === "") {
    return el("span", { class: "v-null" }, "empty text");
  }
  const mine = shown(value);
  const theirs = other === undefined || other === null || other === "" ? null : shown(other);
  const [from, to] = theirs ? difference(mine.text, theirs.text) : [0, 0];
  const view = el("div", { class: `value v-${mine.type}` });
  const draw = (all) => {
    const end = all ? mine.text.length : cutAt(mine.text);
    const mark = side === "before" ? "del" : "ins";
    const [a, b] = [Math.min(from, end), Math.min(to, end)];
    view.replaceChildren(
      ...visible(mine.text.slice(0, a)),
      ...(b > a ? [el(mark, {}, visible(mine.text.slice(a, b)))] : []),
      ...visible(mine.text.slice(b, end)),
    );
    if (end < mine.text.length) {
      const rest = `show all ${mine.text.length.toLocaleString("en")} characters`;
      view.append("… ", el("button", { type: "button", class: "link", onclick: () => draw(true) }, rest));
    }
  };
  draw(false);
  return mine.note ? el("div", {}, view, el("span", { class: "note" }, mine.note)) : view;
}

function cutAt(text) {
  let end = Math.min(text.length, LONG);
  let line = -1;
  for (let i = 0; i < MANY_LINES; i++) {
    line = text.indexOf("\n", line + 1);
    if (line < 0) {
      return end < text.length ? whole(text.slice(0, end)).length : end;
    }
  }
  return Math.min(end, line);
}

/** From where to where a text differs from another, at the edges of words. */
function difference(mine, theirs) {
  const most = Math.min(mine.length, theirs.length);
  let from = 0;
  while (from < most && mine[from] === theirs[from]) {
    from++;
  }
  let back = 0;
  while (back < most - from && mine[mine.length - 1 - back] === theirs[theirs.length - 1 - back]) {
    back++;
  }
  const word = /[\p{L}\p{N}\p{M}\p{Cs}]/u;
  const inWord = (i, j) => word.test(mine[i] ?? "") || word.test(theirs[j] ?? "");
  if (inWord(from, from)) {
    while (from > 0 && word.test(mine[from - 1])) {
      from--;
    }
  }
  if (inWord(mine.length - back - 1, theirs.length - back - 1)) {
    while (back > 0 && word.test(mine[mine.length - back])) {
      back--;
    }
  }
  const to = mine.length - back;
  // Where all differs, there is nothing to mark.
  return from === 0 && to === mine.length ? [0, 0] : [from, to];
}

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const FULL = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "long" });

/** Milliseconds in three digits: a Date has no finer ones. */
function millis(date) {
  return String(date.getMilliseconds()).padStart(3, "0");
}

/** The time of day here, and the day where it isn't today. */
export function clock(iso) {
  const date = new Date(iso);
  const text = `${CLOCK.format(date)}.${millis(date)}`;
  return date.toDateString() === new Date().toDateString() ? text : `${DAY.format(date)} ${text.slice(0, 8)}`;
}

export function fullTime(iso) {
  return FULL.format(new Date(iso));
}

/** Seconds as a person says them. */
export function span(seconds) {
  if (seconds < 0.001) {
    return `${Math.max(1, Math.round(seconds * 1e6))} µs`;
  }
  if (seconds < 1) {
    return `${seconds < 0.01 ? (seconds * 1000).toFixed(1) : Math.round(seconds * 1000)} ms`;
  }
  if (seconds < 90) {
    return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  }
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
