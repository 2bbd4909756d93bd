// The platform's HTTP API: the key, JSON without loss, pages, and the live feed.

const STORED = "bactrian.key";
/** The platform sends a comment every 15 s: after this long without a byte the connection is dead. */
const SILENCE = 40_000;

/** The key, of this tab alone: it is gone when the tab is closed. */
export const key = {
  get: () => sessionStorage.getItem(STORED),
  set: (value) => sessionStorage.setItem(STORED, value),
  forget: () => sessionStorage.removeItem(STORED),
};

/** The platform answered, but not what was asked for. */
export class Refused extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/** A number of which JavaScript can't hold every digit, or that was written in another way, such as 249.00. */
export class Exact {
  constructor(source) {
    this.source = source;
  }

  toString() {
    return this.source;
  }
}

/** JSON, its numbers to the digit where the browser tells how they were written. */
export function parse(text) {
  return JSON.parse(text, (name, value, context) =>
    typeof value === "number" && context?.source !== undefined && context.source !== String(value)
      ? new Exact(context.source)
      : value,
  );
}

async function call(path, accept, signal) {
  let answer;
  try {
    // Relative to the page: a proxy may have put both below another path.
    answer = await fetch(`..${path}`, {
      headers: { Accept: accept, Authorization: `Bearer ${key.get() ?? ""}` },
      cache: "no-store",
      credentials: "omit",
      signal,
    });
  } catch (e) {
    if (signal?.aborted) {
      throw e;
    }
    throw new Error("The platform can’t be reached");
  }
  if (!answer.ok) {
    throw new Refused(answer.status, await detail(answer));
  }
  return answer;
}

async function detail(answer) {
  try {
    return JSON.parse(await answer.text()).detail ?? answer.statusText;
  } catch {
    return `It answered ${answer.status} ${answer.statusText}`;
  }
}

/** One JSON answer, and what its link to the next page says. */
export async function get(path, signal) {
  const answer = await call(path, "application/json", signal);
  return { value: parse(await answer.text()), next: linkParameters(answer.headers.get("Link")) };
}

function linkParameters(link) {
  const target = /<([^>]*)>\s*;\s*rel="next"/.exec(link ?? "");
  return target ? new URL(target[1], location.href).searchParams : null;
}

/**
 * Reads server-sent events (WHATWG HTML, 9.2) until the platform ends them; throws where the connection breaks. It is
 * fetched, because an EventSource can't send the key.
 */
export async function events(path, signal, hear) {
  const silence = new AbortController();
  const either = AbortSignal.any([signal, silence.signal]);
  let timer = setTimeout(() => silence.abort(), SILENCE);
  try {
    const answer = await call(path, "text/event-stream", either);
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    const lines = new Lines();
    let event = { name: "", data: [], id: null };
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE);
      for (const line of lines.of(value)) {
        if (line === "") {
          if (event.data.length > 0 || event.id !== null) {
            hear({ name: event.name, data: event.data.join("\n"), id: event.id });
          }
          event = { name: "", data: [], id: null };
        } else {
          field(line, event);
        }
      }
    }
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}

function field(line, event) {
  const colon = line.indexOf(":");
  if (colon === 0) {
    return;
  }
  const name = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? "" : line.slice(colon + (line[colon + 1] === " " ? 2 : 1));
  if (name === "data") {
    event.data.push(value);
  } else if (name === "id") {
    event.id = value;
  } else if (name === "event") {
    event.name = value;
  }
}

/** Whole lines out of pieces of text. A long one arrives in many pieces, which are joined once. */
class Lines {
  #begun = [];

  *of(piece) {
    let from = 0;
    for (;;) {
      const end = piece.indexOf("\n", from);
      if (end < 0) {
        this.#begun.push(piece.slice(from));
        return;
      }
      this.#begun.push(piece.slice(from, end));
      const line = this.#begun.join("");
      this.#begun = [];
      yield line.endsWith("\r") ? line.slice(0, -1) : line;
      from = end + 1;
    }
  }
}
