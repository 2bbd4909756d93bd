// The filter, and its likeness in the page's address.

import { byId, el } from "./dom.js";
import { get } from "./api.js";

const OPERATIONS = ["insert", "update", "delete", "truncate", "snapshot"];
const TYPING = 350;

export class Filter {
  #changed;
  #timer = 0;
  #tables = new Map();
  #tablesOf = "";
  #database = "main";

  /** @param changed called with the filter that someone chose */
  constructor(changed) {
    this.#changed = changed;
    byId("operations").append(
      ...OPERATIONS.map((word) =>
        el("label", { class: `toggle op-${word}` }, el("input", { type: "checkbox", value: word, onchange: () => this.#now() }), el("span", {}, word)),
      ),
    );
    byId("filter-fields").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#now();
    });
    byId("database").addEventListener("change", () => this.#now());
    byId("tables").addEventListener("change", () => this.#now());
    byId("tables").addEventListener("input", (event) => {
      if (this.#tables.has(event.target.value)) {
        this.#now();
      } else {
        this.#fit();
      }
    });
    byId("row-key").addEventListener("change", () => this.#now());
    byId("text").addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#now(), TYPING);
    });
    byId("clear").addEventListener("click", () => this.set({ database: this.value.database }));
    byId("filter-toggle").addEventListener("click", (event) => {
      const open = event.currentTarget.getAttribute("aria-expanded") !== "true";
      event.currentTarget.setAttribute("aria-expanded", open);
    });
  }

  get value() {
    const tables = words(byId("tables").value);
    return {
      database: this.#database,
      tables,
      operations: [...byId("operations").querySelectorAll("input:checked")].map((box) => box.value),
      key: tables.length === 1 ? byId("row-key").value.trim() : "",
      text: byId("text").value.trim(),
    };
  }

  /** Shows a filter and tells of it. */
  set(filter) {
    this.show(filter);
    this.#now();
  }

  show({ database = "main", tables = [], operations = [], key = "", text = "" }) {
    this.#database = database;
    byId("database").value = database;
    byId("tables").value = tables.join(", ");
    byId("row-key").value = key;
    byId("text").value = text;
    byId("operations").querySelectorAll("input").forEach((box) => (box.checked = operations.includes(box.value)));
    this.#fit();
  }

  #now() {
    clearTimeout(this.#timer);
    this.#database = byId("database").value || this.#database;
    this.#fit();
    this.#changed(this.value);
    if (this.#tablesOf !== this.#database) {
      this.loadTables();
    }
  }

  /** What can't be asked for now is closed. */
  #fit() {
    const { tables, operations, key, text } = this.value;
    const rowKey = byId("row-key");
    rowKey.disabled = tables.length !== 1;
    rowKey.placeholder = rowKey.disabled ? "of one table" : "such as " + this.#example(tables[0]);
    const set = (tables.length > 0) + (operations.length > 0) + (key !== "");
    byId("clear").hidden = set === 0 && text === "";
    byId("filter-count").hidden = set === 0;
    byId("filter-count").textContent = set;
  }

  #example(table) {
    return (this.#tables.get(table)?.key.length ?? 1) > 1 ? "A1,7" : "42";
  }

  /** The database's SQL type of a column; empty where it isn't known. */
  columnType(database, table, column) {
    return database === this.#database
      ? (this.#tables.get(table)?.columns.find((each) => each.name === column)?.sqlType ?? "")
      : "";
  }

  async loadDatabases() {
    const { value } = await get("/api/databases?limit=1000");
    const names = value.map((database) => database.name);
    const choice = byId("database");
    choice.replaceChildren(...names.map((name) => el("option", { value: name }, name)));
    if (!names.includes(this.#database)) {
      choice.append(el("option", { value: this.#database }, this.#database));
    }
    choice.value = this.#database;
    byId("database-field").hidden = choice.options.length < 2;
  }

  /** The tables' names and types help; without them it works too. */
  async loadTables() {
    const database = this.#database;
    this.#tablesOf = database;
    const tables = new Map();
    try {
      const { value } = await get(`/api/databases/${encodeURIComponent(database)}/tables?limit=1000`);
      value.forEach((table) => tables.set(table.name, table));
    } catch {
      // Its database may not be reachable, and what the journal holds can be seen all the same.
    }
    if (database === this.#database) {
      this.#tables = tables;
      byId("known-tables").replaceChildren(...[...tables.keys()].map((name) => el("option", { value: name })));
      this.#fit();
    }
  }
}

/** Names apart by commas. */
function words(text) {
  return [...new Set(text.split(",").map((word) => word.trim()).filter((word) => word !== ""))];
}

/** What an address asks for. */
export function filterOf(parameters) {
  return {
    database: parameters.get("database") || "main",
    tables: words(parameters.get("tables") ?? ""),
    operations: words(parameters.get("operations") ?? "").filter((word) => OPERATIONS.includes(word)),
    key: parameters.get("key") ?? "",
    text: parameters.get("text") ?? "",
  };
}

/** The address of a filter, and of one of its changes. */
export function addressOf(filter, change) {
  const parameters = new URLSearchParams();
  if (filter.database !== "main") {
    parameters.set("database", filter.database);
  }
  for (const list of ["tables", "operations"]) {
    if (filter[list]?.length > 0) {
      parameters.set(list, filter[list].join(","));
    }
  }
  for (const text of ["key", "text"]) {
    if (filter[text]) {
      parameters.set(text, filter[text]);
    }
  }
  if (change) {
    parameters.set("change", change.id);
    parameters.set("position", change.position);
  }
  const query = parameters.toString().replaceAll("%2C", ",");
  return query ? `?${query}` : "./";
}
