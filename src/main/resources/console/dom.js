// Elements from data. Text is always a text node: nothing that a database holds is ever read as HTML.

const SVG = "http://www.w3.org/2000/svg";

/** An element; of its properties, `on…` are listeners, true and null set or leave out an attribute. */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") {
      element.addEventListener(name.slice(2), value);
    } else if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A line icon by its path. */
export function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export function byId(id) {
  return document.getElementById(id);
}

/** Copies text; also where the page did not come by HTTPS, and browsers have no clipboard to offer. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = el("textarea", { class: "away", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    const focused = document.activeElement;
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    focused?.focus?.();
    return done;
  }
}

/** A button that copies what `text` gives when it is pressed. */
export function copyButton(label, text) {
  const word = el("span", {}, label);
  const button = el("button", { type: "button", class: "quiet copy" }, icon("M5.5 5.500V2.500h8v8h-3M2.5 5.500h8v8h-8z"), word);
  button.addEventListener("click", async () => {
    word.textContent = (await copy(text())) ? "Copied" : "Can’t copy";
    say(word.textContent);
    setTimeout(() => (word.textContent = label), 1500);
  });
  return button;
}

/** Tells who listens to the page. */
export function say(text) {
  byId("said").textContent = text;
}
