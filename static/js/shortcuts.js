// @ts-check
/**
 * Keyboard shortcuts: / n ? g+letter j k. Never while somebody types, never with Ctrl, Alt or Command.
 * A link or button says its own key with data-shortcut ("n", "g c"); a list says data-rows.
 * The switch in the help dialog turns all of it off, on this device.
 */

const SWITCH = "amends.shortcuts";
const CHORD_MS = 1200;

/** When "g" was pressed, in the browser's milliseconds; 0 when it was not. */
let chordAt = 0;

/** @returns {boolean} */
function isOn() {
  try {
    return localStorage.getItem(SWITCH) !== "off";
  } catch {
    return true;
  }
}

/** @param {boolean} on */
function turn(on) {
  try {
    localStorage.setItem(SWITCH, on ? "on" : "off");
  } catch {
    // Storage is blocked: the choice lasts as long as the page.
  }
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}

/**
 * The first of these that can be seen.
 * @param {string} selector
 * @returns {HTMLElement | undefined}
 */
function visible(selector) {
  for (const node of document.querySelectorAll(selector)) {
    if (node instanceof HTMLElement && node.checkVisibility()) return node;
  }
  return undefined;
}

/** On a narrow window the search field is in the menu. */
function focusSearch() {
  if (!visible("[data-search]")) document.querySelector("details[data-menu]:has([data-search])")?.setAttribute("open", "");
  visible("[data-search]")?.focus();
}

function openHelp() {
  const help = document.getElementById("shortcuts");
  if (help instanceof HTMLDialogElement) help.showModal();
}

/**
 * Follows the link that carries this shortcut, seen or not: in a narrow window it is in the closed menu.
 * @param {string} keys
 * @returns {boolean} whether there was one
 */
function follow(keys) {
  const link = document.querySelector(`[data-shortcut="${CSS.escape(keys)}"]`);
  if (link instanceof HTMLElement) link.click();
  return link !== null;
}

/**
 * Moves to the link of the next or the previous row, over all lists of the page.
 * @param {1 | -1} step
 */
function moveRow(step) {
  const rows = [...document.querySelectorAll("[data-rows] > *")].filter((row) => row.checkVisibility() && row.querySelector("a[href]"));
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const next = here < 0 ? (step > 0 ? 0 : rows.length - 1) : here + step;
  const link = rows[next]?.querySelector(".row-link, a[href]");
  if (link instanceof HTMLElement) {
    link.focus();
    link.scrollIntoView({ block: "nearest" });
  }
}

/** @type {Record<string, () => void>} */
const ACTIONS = {
  "/": focusSearch,
  "?": openHelp,
  g: () => { chordAt = performance.now(); },
  j: () => moveRow(1),
  k: () => moveRow(-1),
};

/**
 * @param {string} key
 * @returns {boolean} whether the key meant something
 */
function act(key) {
  const chord = chordAt > 0 && performance.now() - chordAt < CHORD_MS;
  chordAt = 0;
  if (chord) return follow(`g ${key}`);
  if (Object.hasOwn(ACTIONS, key)) {
    ACTIONS[key]();
    return true;
  }
  return follow(key);
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.key.length !== 1) return;
  if (!isOn() || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (act(event.key)) event.preventDefault();
}

/** The checkbox of the help dialog shows the choice and changes it. */
function wireSwitch() {
  const box = document.querySelector("[data-shortcuts-switch]");
  if (!(box instanceof HTMLInputElement)) return;
  box.checked = isOn();
  box.addEventListener("change", () => turn(box.checked));
}

wireSwitch();
document.addEventListener("keydown", onKey);
