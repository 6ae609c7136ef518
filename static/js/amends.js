// @ts-check
/**
 * What every page does beyond plain HTML: focus where something is still needed, no second submit, menus that close,
 * dialogs that open. Everything works without this file; nothing here decides anything about a case.
 */

/**
 * @param {string} selector
 * @param {ParentNode} [root]
 * @returns {HTMLElement[]}
 */
const all = (selector, root = document) => [...root.querySelectorAll(selector)].filter((node) => node instanceof HTMLElement);

/** Controls that can do nothing without a script stay hidden until there is one. */
function revealScriptedControls() {
  for (const control of all("[data-needs-js]")) control.hidden = false;
}

/**
 * The summary of what is still needed takes the focus, so that it is read out and the next Tab reaches its links.
 * @param {ParentNode} root
 */
function focusErrorSummary(root) {
  all("[data-error-summary]", root)[0]?.focus();
}

/**
 * @param {HTMLFormElement} form
 * @param {boolean} sent
 */
function markSent(form, sent) {
  form.toggleAttribute("data-sent", sent);
  form.setAttribute("aria-busy", String(sent));
  for (const control of form.elements) {
    if (control instanceof HTMLButtonElement && control.type === "submit") control.disabled = sent;
  }
}

/**
 * A double click sends once. Forms whose answer leaves the page in place (a download) say data-stays.
 * @param {SubmitEvent} event
 */
function guardSecondSubmit(event) {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || event.defaultPrevented) return;
  if (form.getAttribute("method")?.toLowerCase() !== "post" || form.hasAttribute("data-stays")) return;
  if (form.hasAttribute("data-sent")) {
    event.preventDefault();
    return;
  }
  form.setAttribute("data-sent", "");
  // The browser reads the form after this event; a button disabled now would not be part of it.
  setTimeout(() => markSent(form, true));
}

/** Coming back with the browser's Back button finds the form ready again. */
function releaseForms() {
  for (const form of all("form[data-sent]")) {
    if (form instanceof HTMLFormElement) markSent(form, false);
  }
}

/** @param {Element | null} [except] */
function closeMenus(except = null) {
  for (const menu of all("details[data-menu][open]")) {
    if (menu !== except) menu.removeAttribute("open");
  }
}

/** @param {KeyboardEvent} event */
function closeMenuOnEscape(event) {
  if (event.key !== "Escape") return;
  const open = all("details[data-menu][open]")[0];
  if (!open) return;
  closeMenus();
  all("summary", open)[0]?.focus();
}

/**
 * Copies a field by its id. The clipboard is missing on plain http; there the browser copies what is selected.
 * @param {string} id
 */
async function copy(id) {
  const field = document.getElementById(id);
  if (!(field instanceof HTMLInputElement)) return;
  field.select();
  const isCopied = await (navigator.clipboard?.writeText(field.value).then(() => true, () => false) ?? document.execCommand("copy"));
  for (const status of all("[data-copied]")) status.textContent = isCopied ? "Copied." : "Press Ctrl+C to copy it.";
}

/** @param {Event} event */
function handleClick(event) {
  const target = event.target instanceof Element ? event.target : null;
  const copies = target?.closest("[data-copy]")?.getAttribute("data-copy");
  if (copies) copy(copies);
  if (target instanceof HTMLInputElement && target.hasAttribute("data-select")) target.select();
  closeMenus(target?.closest("details[data-menu]"));
  const opener = target?.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.getAttribute("data-dialog") ?? "");
  if (!(dialog instanceof HTMLDialogElement)) return;
  closeMenus();
  dialog.showModal();
}

/** A fragment that was asked for after the sign-in expired is the sign-in page: go there as a whole page. */
function listenToHtmx() {
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = /** @type {CustomEvent} */ (event).detail;
    if (!xhr.responseText.includes("data-entrance")) return;
    event.preventDefault();
    location.assign(location.href);
  });
  for (const [name, sent] of /** @type {[string, boolean][]} */ ([["htmx:beforeRequest", true], ["htmx:afterRequest", false]])) {
    document.addEventListener(name, (event) => {
      const { elt, triggeringEvent } = /** @type {CustomEvent} */ (event).detail.requestConfig ?? {};
      if (elt instanceof HTMLFormElement && triggeringEvent?.type === "submit") markSent(elt, sent);
    });
  }
  document.addEventListener("htmx:afterSettle", (event) => {
    const swapped = /** @type {CustomEvent} */ (event).detail.elt;
    if (swapped instanceof HTMLElement) focusErrorSummary(swapped);
  });
}

revealScriptedControls();
focusErrorSummary(document);
listenToHtmx();
document.addEventListener("submit", guardSecondSubmit);
document.addEventListener("click", handleClick);
document.addEventListener("keydown", closeMenuOnEscape);
window.addEventListener("pageshow", releaseForms);
