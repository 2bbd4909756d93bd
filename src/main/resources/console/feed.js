// The changes that the filter asks for: first the newest of the journal, then each as it comes, and older ones on demand.

import { events, get, parse, Refused } from "./api.js";
import { changeOf, holds, markOf } from "./change.js";

const PAGE = 100;
/** Of a page that is searched for text. */
const SEARCHED = 500;
const FIRST = 50;
const FIRST_PATIENCE = 3_000;
const OLDER_PATIENCE = 8_000;
const SHORTEST_WAIT = 500;
const LONGEST_WAIT = 10_000;
/** After so long without a connection it begins anew instead of reading all that it missed. */
const FORGET = 60_000;

/**
 * Tells a listener: `state(word, detail)`, `begin()` where all there was is void, `fresh(item)` for what is newer,
 * `older(changes)`, and `end(place)`, where older ones can be had from; asks it whether
 * someone is `reading()`, beneath whom nothing may be exchanged. Only one filter's run tells at a time.
 */
export class Feed {
  #listener;
  #run = null;

  constructor(listener) {
    this.#listener = listener;
  }

  /** Begins anew with a filter: database, tables, operations, key, text. */
  start(filter) {
    this.stop();
    this.#run = new Run(filter, this.#listener);
    this.#run.follow();
  }

  stop() {
    this.#run?.abort();
  }

  /** Goes on where it was when it was stopped. */
  goOn() {
    this.#run = this.#run?.again() ?? null;
    this.#run?.follow();
  }

  /** Goes on looking for older ones. */
  older() {
    return this.#run?.older(PAGE, OLDER_PATIENCE);
  }

  /** What is older than this position was let go, and is to be had again. */
  rewind(position) {
    this.#run?.rewind(position);
  }

  /** Comes again at once, where it waits to. */
  hurry() {
    this.#run?.hurry();
  }
}

class Run {
  #filter;
  #text;
  #told;
  #listener;
  #abort = new AbortController();
  /** Told up to here; null before it is known where it began. */
  #position = null;
  #newest = 0;
  #oldest = null;
  #looking = false;
  /** Counts where older ones are looked for anew: what an earlier look finds is nobody's. */
  #look = 0;
  #wake = null;

  constructor(filter, listener) {
    this.#filter = filter;
    this.#text = filter.text.toLowerCase();
    this.#told = listener;
    this.#listener = {};
    // What comes in after the end of a run is nobody's.
    for (const name of ["state", "begin", "fresh", "older", "end", "reading"]) {
      this.#listener[name] = (...told) => this.#abort.signal.aborted || listener[name](...told);
    }
  }

  /** One that goes on where this one was. */
  again() {
    const run = new Run(this.#filter, this.#told);
    run.#position = this.#position;
    run.#newest = this.#newest;
    run.#oldest = this.#oldest;
    return run;
  }

  abort() {
    this.#abort.abort();
    this.#wake?.();
  }

  hurry() {
    this.#wake?.();
  }

  async follow() {
    const signal = this.#abort.signal;
    let wait = SHORTEST_WAIT;
    let lost = null;
    this.#listener.state("connecting");
    while (!signal.aborted) {
      try {
        await events(this.#address(), signal, (event) => {
          wait = SHORTEST_WAIT;
          lost = null;
          this.#hear(event);
        });
      } catch (e) {
        if (signal.aborted) {
          return;
        }
        if (e instanceof Refused && [400, 401, 403, 404].includes(e.status)) {
          this.#listener.state(e.status === 401 ? "signed-out" : "refused", e.message);
          return;
        }
        this.#listener.state("waiting", e instanceof Refused ? e.message : "The platform can’t be reached; trying again");
      }
      if (!signal.aborted) {
        lost ??= Date.now();
        this.#listener.state("waiting", "");
        await this.#pause(wait * (0.8 + 0.4 * Math.random()));
        wait = Math.min(2 * wait, LONGEST_WAIT);
        if (Date.now() - lost > FORGET && !this.#listener.reading()) {
          this.#position = null;
        }
      }
    }
  }

  #address() {
    const parameters = this.#parameters();
    if (this.#position !== null) {
      parameters.set("from", this.#position);
    }
    return `/api/changes?${parameters}`;
  }

  #parameters() {
    const { database, tables, operations, key } = this.#filter;
    const parameters = new URLSearchParams();
    parameters.set("database", database || "main");
    if (tables.length > 0) {
      parameters.set("tables", tables.join(","));
    }
    if (operations.length > 0) {
      parameters.set("operations", operations.join(","));
    }
    if (key) {
      parameters.set("key", key);
    }
    return parameters;
  }

  #hear(event) {
    const position = Number(event.id);
    if (event.id !== null && this.#position === null) {
      // Its beginning: what is before comes in pages, so that nothing lies between.
      this.#position = position;
      this.#begin(position + 1);
    }
    if (event.id !== null) {
      this.#position = position;
    }
    this.#listener.state("live");
    if (event.data === "") {
      return;
    }
    const data = parse(event.data);
    if (event.name !== "") {
      this.#listener.fresh(markOf(event.name, data));
      this.#newest = event.name === "reset" ? 0 : this.#newest;
      return;
    }
    const change = changeOf(data);
    if (change.position > this.#newest && (!this.#text || holds(change, this.#text))) {
      this.#newest = change.position;
      this.#listener.fresh(change);
    }
  }

  async #begin(before) {
    this.#listener.begin();
    this.#look++;
    this.#looking = false;
    this.#oldest = before;
    await this.older(FIRST, FIRST_PATIENCE);
  }

  rewind(position) {
    this.#look++;
    this.#looking = false;
    this.#oldest = position;
    this.#listener.end({ looking: false, more: true, before: position });
  }

  /** Looks for so many more, for so long. */
  async older(most, patience) {
    if (this.#looking || this.#oldest === null) {
      return;
    }
    this.#looking = true;
    const look = this.#look;
    const until = Date.now() + patience;
    let found = 0;
    let more = true;
    try {
      while (more && found < most && Date.now() < until && !this.#abort.signal.aborted) {
        this.#listener.end({ looking: true, before: this.#oldest });
        const parameters = this.#parameters();
        parameters.set("order", "desc");
        parameters.set("before", this.#oldest);
        parameters.set("limit", this.#text ? SEARCHED : PAGE);
        const page = await get(`/api/changes?${parameters}`, this.#abort.signal);
        if (look !== this.#look) {
          return;
        }
        const changes = page.value.map(changeOf).filter((change) => !this.#text || holds(change, this.#text));
        found += changes.length;
        more = page.next?.has("before") ?? false;
        this.#oldest = more ? Number(page.next.get("before")) : this.#oldest;
        this.#listener.older(changes);
      }
      this.#listener.end({ looking: false, more, before: this.#oldest });
    } catch (e) {
      if (e instanceof Refused && e.status === 401) {
        this.#listener.state("signed-out", e.message);
      } else if (look === this.#look) {
        this.#listener.end({ looking: false, more: true, before: this.#oldest, error: e.message });
      }
    } finally {
      if (look === this.#look) {
        this.#looking = false;
      }
    }
  }

  #pause(time) {
    return new Promise((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, time);
    });
  }
}
