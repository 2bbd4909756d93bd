// The page Changes: signing in, and what its parts tell each other.

import { byId, el, say } from "./dom.js";
import { get, key, Refused } from "./api.js";
import { Feed } from "./feed.js";
import { ChangeList } from "./list.js";
import { Detail } from "./detail.js";
import { Filter, addressOf, filterOf } from "./filter.js";

/** A page that nobody sees lets go of its connection after so long: a browser has only six for a place. */
const UNSEEN = 60_000;
const STEADY = 150;

const list = new ChangeList(byId("scroller"), byId("grid"), byId("rows"), {
  chosen: (change, opened) => choose(change, opened),
  held: (count, torn, paused) => showHeld(count, torn, paused),
  near: () => loadOlder(),
  torn: (position) => feed.rewind(position),
});
const filter = new Filter((value) => {
  history.replaceState(null, "", addressOf(value, detail.change));
  begin();
});
const feed = new Feed({
  state: (word, why) => showState(word, why),
  begin: () => list.clear(),
  fresh: (item) => {
    list.add(item);
    seconds.count++;
  },
  older: (changes) => list.addOlder(changes),
  end: (place) => showEnd(place),
  reading: () => list.held,
});
const detail = new Detail(byId("detail"), {
  columnType: (database, table, column) => filter.columnType(database, table, column),
  close: () => close(),
  step: (by) => {
    list.move(by);
    open(list.selected);
  },
  go: (value) => {
    shut();
    history.pushState(null, "", addressOf(value));
    filter.set(value);
    byId("grid").focus({ preventScroll: true });
  },
  show: (change) => open(change),
  signedOut: () => signOut("The key is no longer valid"),
});

let end = { looking: false, more: false };
let endTold = "";
let state = "connecting";
let opening = 0;
let unseen = 0;
let asleep = false;
const seconds = { count: 0, past: new Array(60).fill(0) };

/* Signing in */

byId("sign-in-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const given = byId("key").value.trim();
  byId("sign-in-error").textContent = "";
  if (!/^[\x21-\x7e]+$/.test(given)) {
    byId("sign-in-error").textContent = "That isn’t a key: a key holds no blanks and no letters beyond ASCII.";
    return;
  }
  key.set(given);
  try {
    await enter(false);
    byId("key").value = "";
  } catch (e) {
    key.forget();
    byId("sign-in-error").textContent = e instanceof Refused && e.status === 401 ? "This key isn’t valid, or was revoked." : e.message;
    byId("key").select();
  }
});
byId("sign-out").addEventListener("click", () => signOut(""));

/** Shows the page, if the key is good; where `patient`, also while the platform can't be reached. */
async function enter(patient) {
  filter.show(filterOf(new URLSearchParams(location.search)));
  try {
    await filter.loadDatabases();
  } catch (e) {
    if (!patient || (e instanceof Refused && e.status === 401)) {
      throw e;
    }
  }
  byId("sign-in").hidden = true;
  byId("console").hidden = false;
  filter.loadTables();
  begin();
  openByAddress();
  byId("grid").focus({ preventScroll: true });
}

function signOut(why) {
  key.forget();
  feed.stop();
  detail.close();
  list.unchoose();
  list.clear();
  list.pause(false);
  byId("console").hidden = true;
  byId("sign-in").hidden = false;
  byId("sign-in-error").textContent = why;
  byId("key").focus();
}

/* The list */

function begin() {
  list.clear();
  end = { looking: true };
  byId("notice").hidden = true;
  feed.start(filter.value);
}

function showState(word, why) {
  if (word === "signed-out") {
    signOut("The key is no longer valid: sign in again");
    return;
  }
  if (word === "refused") {
    notice(why);
    showEnd({ looking: false, more: false, before: null });
  }
  // Two tellings of one loss: the first says why.
  const connection = byId("connection");
  if (word !== state || why) {
    const label = { live: "live", connecting: "connecting", waiting: "reconnecting", refused: "stopped", asleep: "asleep" }[word];
    connection.dataset.state = word;
    connection.title = why ?? "";
    connection.lastElementChild.textContent = label;
    state = word;
    showEnd({});
  }
}

function notice(text) {
  byId("notice").textContent = text;
  byId("notice").hidden = false;
}

function showHeld(count, torn, paused) {
  const fresh = byId("fresh");
  const words = `${count.toLocaleString("en")}${torn ? "+" : ""} new`;
  fresh.hidden = count === 0 || (!paused && byId("scroller").scrollTop === 0);
  if (fresh.textContent !== words) {
    fresh.textContent = words;
    fresh.setAttribute("aria-label", `${words}: show them`);
  }
}

function pause(paused) {
  list.pause(paused);
  const button = byId("pause");
  button.setAttribute("aria-pressed", paused);
  button.lastElementChild.textContent = paused ? "Resume" : "Pause";
  if (!paused) {
    list.toTop();
  }
}

byId("pause").addEventListener("click", () => pause(!list.paused));
byId("fresh").addEventListener("click", () => {
  pause(false);
  byId("grid").focus({ preventScroll: true });
});

async function loadOlder() {
  if (!end.looking && end.more && !end.error && !list.full) {
    await feed.older();
  }
}

/** What is below the last one. */
function showEnd(place) {
  end = "looking" in place ? place : end;
  const told = JSON.stringify([end.looking || list.count === 0 ? end : { ...end, before: 0 }, state, list.full, list.count === 0]);
  if (told === endTold) {
    return;
  }
  endTold = told;
  const after = byId("after");
  const filtered = addressOf({ ...filter.value, database: "main" }) !== "./";
  const empty = list.count === 0;
  const button = (words, act) => el("button", { type: "button", onclick: act }, words);
  if (state === "refused") {
    after.replaceChildren(...(filtered ? [button("Clear the filter", () => filter.set({ database: filter.value.database }))] : []));
  } else if (end.looking) {
    after.replaceChildren(el("p", { class: "hint" }, end.before ? `Looking before position ${end.before} …` : "Looking …"));
  } else if (end.error) {
    after.replaceChildren(el("p", { class: "hint" }, end.error), button("Try again", () => feed.older()));
  } else if (end.more && list.full) {
    after.replaceChildren(el("p", { class: "hint" }, "The page holds no more. A filter finds what is older."));
  } else if (end.more) {
    const words = empty ? `Nothing found back to position ${end.before}. ` : "";
    after.replaceChildren(words && el("p", { class: "hint" }, words), button("Load older", () => feed.older()));
  } else if (empty) {
    after.replaceChildren(...(filtered ? nothingFits(button) : nothingYet()));
  } else {
    after.replaceChildren(el("p", { class: "hint" }, "The journal holds nothing older."));
  }
  after.classList.toggle("is-empty", empty && !end.looking);
}

function nothingFits(button) {
  return [
    el("h2", {}, "Nothing fits the filter"),
    el("p", { class: "hint" }, "What fits appears here as soon as it happens."),
    button("Clear the filter", () => filter.set({ database: filter.value.database })),
  ];
}

function nothingYet() {
  return [
    el("h2", {}, "No change yet"),
    el("p", { class: "hint" }, "Change a row of a captured table, by whatever program, and it appears here at once. ", el("code", {}, "./bactrian capture status"), " tells which tables are captured."),
  ];
}

/* One change */

function choose(change, opened) {
  clearTimeout(opening);
  if (opened) {
    open(change);
  } else if (detail.change) {
    // Someone passes over many: the one they stay at is opened.
    opening = setTimeout(() => open(change), STEADY);
  }
}

function open(change) {
  if (!change) {
    return;
  }
  const was = detail.change;
  if (list.selected?.position !== change.position) {
    list.choose(change, false);
    clearTimeout(opening);
  }
  detail.open(change);
  byId("console").classList.add("has-detail");
  const address = addressOf(filter.value, change);
  history[was ? "replaceState" : "pushState"](null, "", address);
  document.title = `${change.operation} ${change.table} · Bactrian`;
}

function openByAddress() {
  const parameters = new URLSearchParams(location.search);
  const id = parameters.get("change");
  if (id) {
    byId("console").classList.add("has-detail");
    detail.openById(id, parameters.get("position"));
  } else {
    shut();
  }
}

function shut() {
  clearTimeout(opening);
  detail.close();
  byId("console").classList.remove("has-detail");
  document.title = "Changes · Bactrian";
}

function close() {
  shut();
  history.replaceState(null, "", addressOf(filter.value));
  byId("grid").focus({ preventScroll: true });
}

window.addEventListener("popstate", () => {
  if (key.get() && !byId("console").hidden) {
    const before = addressOf(filter.value);
    filter.show(filterOf(new URLSearchParams(location.search)));
    if (addressOf(filter.value) !== before) {
      begin();
    }
    openByAddress();
  }
});

/* The keyboard */

const STEPS = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };

document.addEventListener("keydown", (event) => {
  if (byId("console").hidden || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  const typing = event.target.closest("input, select, textarea");
  if (event.key === "Escape") {
    escape(typing);
  } else if (!typing && event.key === "/") {
    event.preventDefault();
    byId("text").focus();
    byId("text").select();
  } else if (event.target === byId("text") && ["ArrowDown", "Enter"].includes(event.key)) {
    byId("grid").focus({ preventScroll: true });
  } else if (event.target === byId("grid") || event.target === document.body) {
    steer(event);
  }
});

function escape(typing) {
  if (typing && typing.id === "text" && typing.value !== "") {
    typing.value = "";
    typing.dispatchEvent(new Event("input"));
  } else if (typing) {
    byId("grid").focus({ preventScroll: true });
  } else if (detail.change || !byId("detail").hidden) {
    close();
  }
}

function steer(event) {
  if (event.key in STEPS) {
    event.preventDefault();
    list.move(STEPS[event.key]);
    say(list.selected ? `${list.selected.operation} ${list.selected.table}` : "");
  } else if (event.key === "Enter" && list.selected) {
    open(list.selected);
    byId("detail").focus();
  } else if (event.key === " " || event.key === "p") {
    event.preventDefault();
    pause(!list.paused);
  }
}

/* What passes by the second */

setInterval(() => {
  seconds.past.push(seconds.count);
  seconds.past.shift();
  seconds.count = 0;
  if (document.hidden || byId("console").hidden) {
    return;
  }
  const most = Math.max(4, ...seconds.past);
  const points = seconds.past.map((count, i) => `${i},${(15 - (14 * count) / most).toFixed(1)}`).join(" ");
  byId("spark").firstElementChild.setAttribute("points", points);
  const recent = seconds.past.slice(-5).reduce((sum, count) => sum + count, 0) / 5;
  byId("rate").textContent = `${recent > 0 && recent < 10 ? recent.toFixed(1) : Math.round(recent)}/s`;
  const shown = list.count;
  byId("summary").textContent = `${shown.toLocaleString("en")} change${shown === 1 ? "" : "s"}`;
  if (shown > 0 && byId("after").classList.contains("is-empty")) {
    showEnd({});
  }
}, 1000);

document.addEventListener("visibilitychange", () => {
  clearTimeout(unseen);
  if (document.hidden) {
    unseen = setTimeout(() => {
      asleep = !byId("console").hidden;
      feed.stop();
    }, UNSEEN);
  } else if (asleep) {
    asleep = false;
    if (list.held) {
      feed.goOn();
    } else {
      begin();
    }
  }
});
window.addEventListener("online", () => feed.hurry());

if (key.get()) {
  enter(true).catch(() => signOut("The key is no longer valid: sign in again"));
} else {
  signOut("");
}
