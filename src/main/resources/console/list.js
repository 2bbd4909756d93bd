// The list: bounded, and only what is in sight is in the page, so that it stays quick whatever comes in.

import { el } from "./dom.js";
import { columnsOf, keyText } from "./change.js";
import { brief, clock, fullTime, visible } from "./values.js";

/** How many are kept, and how much text, in characters, they may come to. */
const MOST = 1000;
const MOST_WITH_OLDER = 5000;
const MOST_CHARACTERS = 32 * 1024 * 1024;
const AROUND = 8;
/** Above so many in a second nothing flashes. */
const CALM = 10;

export class ChangeList {
  #scroller;
  #grid;
  #rows;
  #listener;
  /** The newest first. */
  #items = [];
  /** What came while the list is held, the newest last. */
  #waiting = [];
  /** Some that waited were let go: what is older than the rest must be loaded again. */
  #torn = false;
  #paused = false;
  #pressed = false;
  #selected = null;
  #shown = new Map();
  #frame = 0;
  #size = 0;
  #limit = MOST;
  #sizes = new WeakMap();
  /** Of a row, the scroller and where it is: asked for once a frame, before anything is written. */
  #height = 34;
  #view = 0;
  #top = 0;
  /** When the latest came in. */
  #arrivals = [];

  /**
   * The listener hears `chosen(change, opened)`, `held(count, paused, torn)`, `near()` when the end is, and
   * `torn(position)` where all before a position was let go.
   */
  constructor(scroller, grid, rows, listener) {
    this.#scroller = scroller;
    this.#grid = grid;
    this.#rows = rows;
    this.#listener = listener;
    scroller.addEventListener("scroll", () => this.#soon(), { passive: true });
    rows.addEventListener("pointerdown", () => (this.#pressed = true));
    for (const name of ["pointerup", "pointercancel"]) {
      window.addEventListener(name, () => {
        // The click comes after it, and must find the row where it was.
        setTimeout(() => {
          this.#pressed = false;
          this.#soon();
        });
      });
    }
    rows.addEventListener("click", (event) => {
      const row = event.target.closest("[data-row]");
      const item = row && [...this.#shown].find(([, each]) => each === row)?.[0];
      if (item?.kind === "change") {
        this.choose(item, true);
      }
    });
    new ResizeObserver(() => {
      this.#height = parseFloat(getComputedStyle(rows).getPropertyValue("--row")) || this.#height;
      this.#soon();
    }).observe(scroller);
  }

  get selected() {
    return this.#selected;
  }

  get count() {
    return this.#items.reduce((sum, item) => sum + (item.kind === "change" ? 1 : 0), 0);
  }

  /** Whether someone reads: nothing is let in then. */
  get held() {
    return this.#paused || this.#pressed || this.#top > this.#height / 2;
  }

  get paused() {
    return this.#paused;
  }

  clear() {
    this.#items = [];
    this.#waiting = [];
    this.#torn = false;
    this.#size = 0;
    this.#limit = MOST;
    this.#scroller.scrollTop = 0;
    this.#soon();
  }

  /** A newer one. */
  add(item) {
    this.#waiting.push(item);
    if (this.#waiting.length > 2 * MOST) {
      this.#waiting.splice(0, this.#waiting.length - MOST);
      this.#torn = true;
    }
    this.#soon();
  }

  addOlder(items) {
    this.#limit = Math.min(MOST_WITH_OLDER, Math.max(this.#limit, this.#items.length + items.length + MOST));
    for (const item of items) {
      this.#size += this.#sizeOf(item);
      this.#items.push(item);
    }
    this.#soon();
  }

  /** Whether older ones would go beyond what is kept. */
  get full() {
    return this.#items.length >= MOST_WITH_OLDER || this.#size > MOST_CHARACTERS;
  }

  pause(paused) {
    this.#paused = paused;
    this.#soon();
  }

  /** To the newest, which it follows again. */
  toTop() {
    this.#scroller.scrollTop = 0;
    this.#soon();
  }

  /** Chooses one; `opened` where it was asked for by more than passing over it. */
  choose(item, opened) {
    this.#selected = item;
    this.#soon();
    this.#listener.chosen(item, opened);
  }

  unchoose() {
    this.#selected = null;
    this.#soon();
  }

  /** Chooses the one so many lines away. */
  move(by) {
    const changes = this.#items.filter((item) => item.kind === "change");
    if (changes.length === 0) {
      return;
    }
    const at = changes.findIndex((item) => item === this.#selected || item.position === this.#selected?.position);
    const to = at < 0 ? 0 : Math.max(0, Math.min(changes.length - 1, at + by));
    this.#intoSight(this.#items.indexOf(changes[to]));
    this.choose(changes[to], false);
    if (to > changes.length - 5) {
      this.#listener.near();
    }
  }

  #intoSight(index) {
    const height = this.#height;
    const head = this.#rows.offsetTop;
    const view = this.#scroller.clientHeight;
    const top = index * height;
    if (top < this.#scroller.scrollTop) {
      this.#scroller.scrollTop = top;
    } else if (top + height + head > this.#scroller.scrollTop + view) {
      this.#scroller.scrollTop = top + height + head - view;
    }
  }

  #soon() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#view = this.#scroller.clientHeight;
      this.#top = this.#scroller.scrollTop;
      this.#take();
      this.#draw();
    });
  }

  /** Lets in what waits, unless someone reads. */
  #take() {
    if (!this.held && this.#waiting.length > 0) {
      const fresh = this.#waiting.reverse();
      this.#waiting = [];
      if (this.#isCalm(fresh.length)) {
        fresh.forEach((item) => (item.fresh = true));
      }
      const torn = this.#torn;
      this.#items = torn ? fresh : fresh.concat(this.#items);
      this.#torn = false;
      this.#limit = MOST;
      if (this.#bound() || torn) {
        this.#listener.torn(this.#items.at(-1).position);
      }
    }
    this.#listener.held(this.#waiting.length, this.#torn, this.#paused);
  }

  #isCalm(count) {
    const now = performance.now();
    this.#arrivals = this.#arrivals.filter((arrival) => now - arrival.at < 1000);
    this.#arrivals.push({ at: now, count });
    return this.#arrivals.reduce((sum, arrival) => sum + arrival.count, 0) <= CALM;
  }

  /** Whether some were let go. */
  #bound() {
    this.#size = 0;
    let keep = 0;
    while (keep < this.#items.length && keep < this.#limit && (keep === 0 || this.#size < MOST_CHARACTERS)) {
      this.#size += this.#sizeOf(this.#items[keep]);
      keep++;
    }
    const beyond = keep < this.#items.length;
    this.#items.length = keep;
    return beyond;
  }

  /** About how many characters it holds. */
  #sizeOf(item) {
    let size = this.#sizes.get(item);
    if (size === undefined) {
      size = 200;
      for (const row of [item.before, item.after]) {
        for (const value of Object.values(row ?? {})) {
          size += typeof value === "string" ? value.length : 16;
        }
      }
      this.#sizes.set(item, size);
    }
    return size;
  }

  #draw() {
    const height = this.#height;
    const first = Math.max(0, Math.floor(this.#top / height) - AROUND);
    const last = Math.min(this.#items.length, Math.ceil((this.#top + this.#view) / height) + AROUND);
    this.#rows.style.height = `${this.#items.length * height}px`;
    const shown = new Map();
    let selected = null;
    for (let i = first; i < last; i++) {
      const item = this.#items[i];
      const row = this.#shown.get(item) ?? rowOf(item);
      row.style.transform = `translateY(${i * height}px)`;
      row.setAttribute("aria-rowindex", i + 2);
      const chosen = item.kind === "change" && item.position === this.#selected?.position;
      row.setAttribute("aria-selected", chosen);
      selected = chosen ? row : selected;
      shown.set(item, row);
    }
    for (const [item, row] of this.#shown) {
      if (!shown.has(item)) {
        row.remove();
      }
    }
    this.#rows.append(...[...shown].filter(([item]) => !this.#shown.has(item)).map(([, row]) => row));
    this.#shown = shown;
    if (selected) {
      this.#grid.setAttribute("aria-activedescendant", selected.id);
    } else {
      this.#grid.removeAttribute("aria-activedescendant");
    }
    if (last >= this.#items.length && this.#items.length > 0 && this.#top > 0) {
      this.#listener.near();
    }
  }
}

function rowOf(item) {
  return item.kind === "change" ? changeRow(item) : markRow(item);
}

function changeRow(change) {
  const key = keyText(change);
  const row = el(
    "div",
    { class: `row op-${change.operation}`, role: "row", id: `row-${change.position}`, "data-row": change.position },
    cell("time", el("time", { datetime: change.time, title: `${fullTime(change.time)}\n${change.time}` }, clock(change.time))),
    cell("operation", badge(change.operation)),
    cell("table", visible(change.table)),
    cell("key", visible(key.length > 60 ? key.slice(0, 60) + "…" : key)),
    cell("what", summary(change)),
    cell("origin", change.origin.map((party) => el("span", { class: "chip" }, visible(party)))),
  );
  if (change.fresh) {
    row.classList.add("is-fresh");
    change.fresh = false;
  }
  return row;
}

function cell(name, ...content) {
  return el("span", { class: `c-${name}`, role: "gridcell" }, ...content);
}

export function badge(operation) {
  return el("span", { class: `op op-${operation}` }, operation);
}

/** Changed columns with both values of an update, the first columns of what came or went. */
export function summary(change) {
  if (change.operation === "truncate") {
    return [el("span", { class: "v-null" }, "all rows")];
  }
  const columns = columnsOf(change);
  const update = change.operation === "update";
  const told = columns.filter((column) => (update ? column.changed : !column.isKey));
  if (told.length === 0) {
    return [el("span", { class: "v-null" }, update ? "no column changed" : "no other columns")];
  }
  const parts = told.slice(0, 4).map((column) =>
    el(
      "span",
      { class: "part" },
      el("b", {}, visible(column.name.slice(0, 40))),
      " ",
      update ? [brief(column.before), el("i", {}, " → "), brief(column.after)] : brief(column.after ?? column.before ?? null),
    ),
  );
  return told.length > 4 ? [...parts, el("span", { class: "v-null" }, `+${told.length - 4}`)] : parts;
}

function markRow(mark) {
  const word = mark.kind === "gap" ? "Gap" : "Not all is shown";
  const why = mark.kind === "gap" ? `changes may be missing here: ${mark.reason}` : mark.reason;
  return el(
    "div",
    { class: "row mark", role: "row", "data-row": "", title: why },
    el("span", { role: "gridcell", class: "c-mark" }, el("b", {}, word), " ", visible(String(why))),
  );
}
