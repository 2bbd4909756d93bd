// One change: what it changed, where it went, and the life of its row.

import { copyButton, el, icon } from "./dom.js";
import { get, Refused } from "./api.js";
import { changeOf, columnsOf, json, keyText } from "./change.js";
import { clock, fullTime, span, typeOf, valueView, visible } from "./values.js";
import { badge, summary } from "./list.js";
import { addressOf } from "./filter.js";
import { Ways } from "./ways.js";

/** How soon it is asked again where it goes; by the state that is quickest to pass. */
const AGAIN = { "in-flight": 1_000, waiting: 1_500, parked: 4_000 };
const FEW = 4;

export class Detail {
  #panel;
  #listener;
  #change = null;
  #abort = new AbortController();
  #timer = 0;
  #ways = new Ways();
  #unchanged = false;

  /** The listener answers `columnType(…)`, and hears `close()`, `step(by)`, `go(filter)`, `show(change)`, `signedOut()`. */
  constructor(panel, listener) {
    this.#panel = panel;
    this.#listener = listener;
  }

  get change() {
    return this.#change;
  }

  close() {
    this.#halt();
    this.#change = null;
    this.#panel.hidden = true;
    this.#panel.replaceChildren();
  }

  #halt() {
    this.#abort.abort();
    clearTimeout(this.#timer);
  }

  /** Opens one that the list holds. */
  open(change) {
    if (this.#change?.id === change.id && !this.#panel.hidden) {
      return;
    }
    this.#halt();
    this.#abort = new AbortController();
    this.#change = change;
    this.#ways = new Ways();
    this.#draw();
    this.#follow();
  }

  /** Opens one by its id, as an address names it. */
  async openById(id, position) {
    this.#halt();
    this.#abort = new AbortController();
    const signal = this.#abort.signal;
    this.#panel.hidden = false;
    this.#panel.replaceChildren(el("p", { class: "hint" }, "Looking for ", visible(id), " …"));
    try {
      const { value } = await get(address(id, position), signal);
      this.open(changeOf(value.change));
    } catch (e) {
      if (!signal.aborted) {
        this.#fail(e);
      }
    }
  }

  #fail(e) {
    if (e instanceof Refused && e.status === 401) {
      this.#listener.signedOut();
      return;
    }
    const close = el("button", { type: "button", onclick: () => this.#listener.close() }, "Close");
    this.#panel.replaceChildren(el("p", { class: "notice" }, visible(e.message)), close);
  }

  #draw() {
    const change = this.#change;
    this.#panel.hidden = false;
    this.#panel.replaceChildren(
      this.#header(change),
      el(
        "div",
        { class: "detail-body" },
        this.#facts(change),
        this.#section("diff", diffTitle(change), this.#diff(change)),
        this.#ways.section,
        change.subject && this.#history(change),
        this.#raw(change),
      ),
    );
    this.#panel.scrollTop = 0;
  }

  #header(change) {
    const step = (by, label, path) =>
      el("button", { type: "button", class: "quiet square", "aria-label": label, title: label, onclick: () => this.#listener.step(by) }, icon(path));
    return el(
      "header",
      { class: "detail-head" },
      badge(change.operation),
      el("h2", {}, el("span", {}, visible(change.table)), " ", el("span", { class: "mono" }, visible(cut(keyText(change), 80)))),
      el(
        "div",
        { class: "detail-tools" },
        step(-1, "Newer", "M4 10l4-4 4 4"),
        step(1, "Older", "M4 6l4 4 4-4"),
        el("button", { type: "button", class: "quiet square", "aria-label": "Close", title: "Close (Esc)", onclick: () => this.#listener.close() }, icon("M4 4l8 8M12 4l-8 8")),
      ),
    );
  }

  #facts(change) {
    const fact = (name, ...value) => el("div", {}, el("dt", {}, name), el("dd", {}, ...value));
    return el(
      "dl",
      { class: "facts" },
      fact("Time", el("time", { datetime: change.time, title: change.time }, fullTime(change.time)), el("span", { id: "collected", class: "dim" })),
      fact("Origin", change.origin.length > 0 ? change.origin.map((party) => el("span", { class: "chip" }, visible(party))) : el("span", { class: "dim" }, "none: a plain write of an application")),
      fact("Position", mono(String(change.position)), el("span", { class: "sep" }, "transaction"), mono(String(change.transaction)), el("span", { class: "sep" }, "id"), mono(change.id), copyButton("Copy", () => change.id)),
      change.keyBefore && fact("Key before", mono(json(change.keyBefore))),
    );
  }

  #section(name, title, ...content) {
    return el("section", { class: name, "aria-label": title }, el("h3", {}, title), ...content);
  }

  #diff(change) {
    if (change.operation === "truncate") {
      return el("p", { class: "hint" }, "All rows of the table were removed; a TRUNCATE doesn’t tell which.");
    }
    const columns = columnsOf(change);
    if (change.operation !== "update") {
      return this.#table(change, columns, true);
    }
    const changed = columns.filter((column) => column.changed);
    const rest = columns.filter((column) => !column.changed);
    const unchanged = el("details", { class: "more" }, el("summary", {}, `${rest.length} unchanged column${rest.length === 1 ? "" : "s"}`), this.#table(change, rest, false));
    unchanged.open = this.#unchanged || rest.length <= FEW;
    unchanged.addEventListener("toggle", () => (this.#unchanged = unchanged.open));
    return el("div", {}, changed.length > 0 ? this.#table(change, changed, true) : el("p", { class: "hint" }, "No column changed."), rest.length > 0 && unchanged);
  }

  #table(change, columns, changed) {
    const both = change.operation === "update" && changed;
    const value = (column) => column.after ?? column.before ?? null;
    const side = (name, content) => el("td", { class: `side-${name}`, "data-side": name }, content);
    const rows = columns.map((column) => {
      const type = this.#listener.columnType(change.database, change.table, column.name) || typeWord(value(column));
      return el(
        "tr",
        { class: changed ? `is-${change.operation}` : null, "data-column": column.name },
        el("th", { scope: "row" }, visible(column.name), column.isKey && el("span", { class: "chip key" }, "key"), el("small", {}, visible(type))),
        both
          ? [side("before", valueView(column.before, column.after, "before")), side("after", valueView(column.after, column.before, "after"))]
          : side(sideOf(change, changed), valueView(change.operation === "delete" ? column.before : column.after)),
      );
    });
    const heads = both ? ["Before", "After"] : [change.operation === "delete" ? "Before" : "After"];
    return el(
      "table",
      { class: both ? "columns both" : "columns" },
      changed && el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Column"), heads.map((head) => el("th", { scope: "col" }, head)))),
      el("tbody", {}, rows),
    );
  }

  /** Asks where it went, and again while it is on its way. */
  async #follow() {
    const signal = this.#abort.signal;
    const change = this.#change;
    let after = 0;
    try {
      if (!document.hidden || this.#ways.empty) {
        const { value } = await get(address(change.id, change.position), signal);
        this.#show(value);
        after = Math.min(...value.ways.map((way) => AGAIN[way.state] ?? Infinity));
      } else {
        after = AGAIN.parked;
      }
    } catch (e) {
      if (signal.aborted) {
        return;
      }
      if (e instanceof Refused && e.status === 401) {
        this.#listener.signedOut();
        return;
      }
      this.#ways.fail(e.message);
      after = e instanceof Refused && e.status === 404 ? Infinity : AGAIN.parked;
    }
    if (after < Infinity && !signal.aborted) {
      this.#timer = setTimeout(() => this.#follow(), after);
    }
  }

  #show({ collected, ways }) {
    const late = (new Date(collected) - new Date(this.#change.time)) / 1000;
    this.#panel.querySelector("#collected").textContent = late >= 0.001 ? ` collected ${span(late)} later` : "";
    this.#ways.show(ways);
  }

  #history(change) {
    const filter = { database: change.database, tables: [change.table], operations: [], key: change.subject, text: "" };
    const list = el("ol", { class: "history" });
    const more = el("button", { type: "button", class: "link" }, "Show the row’s changes");
    let before = null;
    more.addEventListener("click", async () => {
      more.disabled = true;
      const signal = this.#abort.signal;
      try {
        const page = await get(historyAddress(change, before), signal);
        list.append(...page.value.map(changeOf).map((each) => this.#past(each)));
        before = page.next?.get("before") ?? null;
        more.textContent = page.value.length === 0 && before ? `Nothing back to position ${before}; look further` : "Show older ones";
        more.hidden = before === null;
      } catch (e) {
        more.textContent = `${e.message} – try again`;
      }
      more.disabled = false;
    });
    const go = el("a", { href: addressOf(filter), class: "history-link" }, "Only this row in the list");
    go.addEventListener("click", (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey) {
        event.preventDefault();
        this.#listener.go(filter);
      }
    });
    return el("section", { class: "life", "aria-label": "Life of the row" }, el("h3", {}, "Life of the row"), list, el("p", { class: "links" }, more, go));
  }

  #past(change) {
    const line = [el("time", { datetime: change.time, title: fullTime(change.time) }, clock(change.time)), badge(change.operation), el("span", { class: "c-what" }, summary(change))];
    return change.id === this.#change?.id
      ? el("li", { "aria-current": "true" }, el("span", { class: "past" }, line))
      : el("li", {}, el("button", { type: "button", class: "past", onclick: () => this.#listener.show(change) }, line));
  }

  #raw(change) {
    const text = () => json(change.event, "  ");
    const pre = el("pre", { class: "code-block", tabindex: "0", "aria-label": "The change as a CloudEvent" });
    const details = el("details", { class: "more" }, el("summary", {}, "As a CloudEvent"), el("div", { class: "command" }, pre, copyButton("Copy", text)));
    details.addEventListener("toggle", () => pre.childNodes.length > 0 || pre.append(...visible(cut(text(), 100_000))));
    return el("section", { "aria-label": "As a CloudEvent" }, details);
  }
}

function address(id, position) {
  const hint = position ? `?position=${encodeURIComponent(position)}` : "";
  return `/api/changes/${encodeURIComponent(id)}${hint}`;
}

function historyAddress(change, before) {
  const place = `/api/databases/${encodeURIComponent(change.database)}/tables/${encodeURIComponent(change.table)}`;
  // The subject is a key in the form of addresses already.
  return `${place}/${change.subject}/history?limit=20${before ? `&before=${before}` : ""}`;
}

function sideOf(change, changed) {
  return !changed ? "same" : change.operation === "delete" ? "before" : "after";
}

function diffTitle(change) {
  return { insert: "New row", snapshot: "The row", delete: "Removed row", truncate: "Emptied table" }[change.operation] ?? "What changed";
}

function mono(text) {
  return el("span", { class: "mono" }, visible(text));
}

function typeWord(value) {
  return { absent: "", null: "", string: "text" }[typeOf(value)] ?? typeOf(value);
}

function cut(text, most) {
  return text.length > most ? text.slice(0, most) + "…" : text;
}
