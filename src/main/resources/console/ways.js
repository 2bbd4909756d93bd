// Where a change went: a card for each subscription, its attempts, and each call of theirs as commands.

import { copyButton, el } from "./dom.js";
import { json } from "./change.js";
import { clock, span, visible } from "./values.js";

/** A state in words, its colour, and what comes first: what needs someone. */
const STATES = {
  dead: { word: "dead letter", tone: "bad", rank: 0 },
  parked: { word: "parked", tone: "warn", rank: 1 },
  "in-flight": { word: "in flight", tone: "busy", rank: 2 },
  waiting: { word: "waiting", tone: "busy", rank: 3 },
  delivered: { word: "delivered", tone: "good", rank: 4 },
  passed: { word: "passed", tone: "calm", rank: 5 },
  discarded: { word: "discarded", tone: "calm", rank: 6 },
  skipped: { word: "skipped", tone: "calm", rank: 7 },
  dropped: { word: "dropped", tone: "calm", rank: 8 },
};

const OUTCOMES = { "retry-at": "to be retried", "given-up": "given up" };

export class Ways {
  section = el(
    "section",
    { id: "ways", "aria-label": "Where it went", "aria-busy": "true" },
    el("h3", {}, "Where it went"),
    el("p", { class: "hint" }, "…"),
  );

  #seen = "";
  /** Attempts that someone opened; they stay so when it is drawn again. */
  #open = new Set();

  /** Whether nothing was shown yet. */
  get empty() {
    return this.#seen === "";
  }

  show(ways) {
    const seen = json(ways);
    if (seen === this.#seen) {
      return;
    }
    this.#seen = seen;
    const sorted = [...ways].sort((a, b) => rank(a) - rank(b) || (a.subscription < b.subscription ? -1 : 1));
    this.#draw(
      sorted.length > 0
        ? el("ul", { class: "ways" }, sorted.map((way) => this.#way(way)))
        : el("p", { class: "hint" }, "No subscription reads this database: a route that begins with ", el("code", {}, "changes:"), " makes one."),
    );
  }

  fail(message) {
    this.#seen = "";
    this.#draw(el("p", { class: "notice" }, visible(message)));
  }

  #draw(content) {
    const section = this.section;
    const focus = document.activeElement?.closest?.("#ways [data-open]")?.dataset.open;
    section.replaceChildren(el("h3", {}, "Where it went"), content);
    section.setAttribute("aria-busy", "false");
    if (focus) {
      section.querySelector(`[data-open="${CSS.escape(focus)}"] > summary`)?.focus();
    }
  }

  #way(way) {
    const state = STATES[way.state] ?? { word: way.state, tone: "calm" };
    return el(
      "li",
      { class: `way tone-${state.tone}`, "data-subscription": way.subscription, "data-state": way.state },
      el("div", { class: "way-head" }, el("b", {}, visible(way.subscription)), el("span", { class: "state" }, el("i", { "aria-hidden": "true" }), state.word, way.reason && `: ${reasonWord(way.reason)}`)),
      el("p", { class: "way-text" }, visible(withTimes(way.text))),
      way.state === "dead" && way.deadLetter !== null && command(`./bactrian dead-letters retry ${way.deadLetter}`, "When the cause is mended, try it again:"),
      way.attempts.length > 0 && el("ol", { class: "attempts" }, way.attempts.map((attempt) => this.#attempt(way, attempt))),
    );
  }

  #attempt(way, attempt) {
    const tone = { delivered: "good", "given-up": "bad" }[attempt.outcome] ?? "warn";
    const statuses = attempt.answers.map((answer) => answer.status ?? "no answer").join(", ");
    const again = attempt.generation > 0 ? ` · replay ${attempt.generation}` : "";
    const together = attempt.changes > 1 ? ` · ${attempt.changes} changes together` : "";
    const line = [
      el("span", { class: "number" }, `#${attempt.attempt}`),
      el("time", { datetime: attempt.started, title: attempt.started }, clock(attempt.started)),
      el("span", { class: `outcome tone-${tone}` }, OUTCOMES[attempt.outcome] ?? attempt.outcome),
      statuses && el("span", { class: "mono status" }, statuses),
      el("span", { class: "dim" }, `${span(attempt.seconds)}${again}${together}`),
    ];
    const error = attempt.error && el("p", { class: "failure" }, visible(attempt.error));
    if (attempt.answers.length === 0) {
      return el("li", {}, el("div", { class: "attempt" }, line), error);
    }
    const name = `${way.subscription}/${attempt.generation}/${attempt.attempt}/${attempt.started}`;
    return el("li", {}, this.#foldable(name, line, () => attempt.answers.map((answer) => answerView(answer))), error);
  }

  /** Made when it is first opened, and open again when it is drawn anew. */
  #foldable(name, summaryLine, content) {
    const body = el("div", { class: "fold" });
    const details = el("details", { "data-open": name }, el("summary", { class: "attempt" }, summaryLine), body);
    const fill = () => body.childElementCount > 0 || body.append(...content());
    if (this.#open.has(name)) {
      details.open = true;
      fill();
    }
    details.addEventListener("toggle", () => {
      if (details.open) {
        fill();
        this.#open.add(name);
      } else {
        this.#open.delete(name);
      }
    });
    return details;
  }
}

function rank(way) {
  return STATES[way.state]?.rank ?? 9;
}

function reasonWord(reason) {
  return { table: "another table", "before-start": "before its start" }[reason] ?? reason;
}

/** The platform tells times in UTC; here they are the reader's. */
function withTimes(text) {
  return text.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (iso) => clock(iso).replace(/\.\d+$/, ""));
}

function answerView(answer) {
  return el(
    "div",
    { class: "answer" },
    el("p", { class: "call" }, el("b", {}, answer.method), " ", el("span", { class: "mono" }, visible(answer.target))),
    el("p", { class: "dim" }, answer.status === null ? "No answer" : `Answered ${answer.status}`, ` after ${span(answer.seconds)}`, answer.signed && " · signed"),
    answer.body && el("pre", { class: "code-block body", tabindex: "0", "aria-label": "The answer’s first bytes" }, visible(answer.body)),
    answer.curl && command(answer.curl, "The same call again:", "curl"),
    answer.send && command(answer.send, "The same, signed anew:", "send"),
    answer.note && el("p", { class: "hint" }, visible(answer.note)),
  );
}

/** A command of a shell with a button that copies it. */
function command(text, title, name) {
  return el(
    "div",
    { class: "command-of" },
    el("p", { class: "dim" }, title),
    el("div", { class: "command", "data-command": name }, el("pre", { class: "code-block", tabindex: "0", "aria-label": title }, el("code", {}, visible(text))), copyButton("Copy", () => text)),
  );
}
