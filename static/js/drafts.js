// @ts-check
/**
 * Nothing typed is ever lost: a form with data-draft="key" is kept in this browser while it is being filled in, and given
 * back after an expired sign-in, a closed tab or a crash. Kept per person, for seven days, until it was sent or the person
 * signs out. Never on pages without a signed-in person, and never a password, a file or a hidden field.
 *
 * A form that the server gives back filled in says data-draft-bound: then the server's text is the newer one.
 * A draft counts as sent when the next page is a normal page that says so (a message of success).
 */

/** @typedef {{at: number, fields: Record<string, string | boolean>}} Draft */
/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Field */

const PREFIX = "amends.draft.";
const SENT = "amends.sent";
const KEEP_MS = 7 * 24 * 60 * 60 * 1000;
const PAUSE_MS = 600;
const UNKEPT_TYPES = new Set(["hidden", "password", "file", "submit", "button", "reset", "image"]);

const person = document.body.dataset.user ?? "";

/** @param {HTMLFormElement} form */
const draftKey = (form) => `${PREFIX}${person}.${form.dataset.draft}`;

/** @param {Element} control @returns {control is Field} */
function isKept(control) {
  if (control instanceof HTMLInputElement) return control.name !== "" && !UNKEPT_TYPES.has(control.type);
  return (control instanceof HTMLTextAreaElement || control instanceof HTMLSelectElement) && control.name !== "";
}

/** @param {Field} field @returns {field is HTMLInputElement} */
const isTick = (field) => field instanceof HTMLInputElement && (field.type === "checkbox" || field.type === "radio");

/**
 * Every kept field with a key of its own; fields of one name (radios, formsets without a prefix) are numbered.
 * @param {HTMLFormElement} form
 * @returns {[string, Field][]}
 */
function keyedFields(form) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return [...form.elements].filter(isKept).map((field) => {
    const count = seen.get(field.name) ?? 0;
    seen.set(field.name, count + 1);
    return [`${field.name}#${count}`, field];
  });
}

/** @param {HTMLFormElement} form */
const snapshot = (form) =>
  Object.fromEntries(keyedFields(form).map(([key, field]) => [key, isTick(field) ? field.checked : field.value]));

/**
 * @param {string} key
 * @returns {Draft | null}
 */
function read(key) {
  try {
    const draft = JSON.parse(localStorage.getItem(key) ?? "null");
    return draft && typeof draft.at === "number" && typeof draft.fields === "object" ? draft : null;
  } catch {
    return null;
  }
}

/** @param {string} key @param {Draft} draft @returns {boolean} */
function write(key, draft) {
  try {
    localStorage.setItem(key, JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

/** @param {(key: string) => boolean} unwanted */
function forget(unwanted) {
  try {
    Object.keys(localStorage).filter((key) => key.startsWith(PREFIX) && unwanted(key)).forEach((key) => localStorage.removeItem(key));
  } catch {
    // Storage is blocked: there is nothing to forget.
  }
}

/** @param {number} at */
function ago(at) {
  const seconds = Math.round((Date.now() - at) / 1000);
  if (seconds < 5) return "saved just now";
  if (seconds < 60) return `saved ${Math.floor(seconds / 5) * 5} s ago`;
  return `saved ${Math.floor(seconds / 60)} min ago`;
}

/**
 * What is seen ticks; what is read out is said once per pause in typing.
 * @param {HTMLFormElement} form
 * @returns {(at: number) => void}
 */
function statusLine(form) {
  const place = form.querySelector("[data-draft-status]") ?? form.appendChild(document.createElement("div"));
  const seen = place.appendChild(document.createElement("span"));
  const said = place.appendChild(document.createElement("span"));
  seen.setAttribute("aria-hidden", "true");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  let savedAt = 0;
  const ticking = setInterval(() => {
    if (!form.isConnected) clearInterval(ticking);
    else if (savedAt) seen.textContent = ago(savedAt);
  }, 5000);
  return (at) => {
    savedAt = at;
    seen.textContent = ago(at);
    said.textContent = "Draft saved on this device";
  };
}

/**
 * @param {HTMLFormElement} form
 * @param {Draft} draft
 * @returns {boolean} whether anything on the page changed
 */
function giveBack(form, draft) {
  const changed = keyedFields(form).filter(([key, field]) => {
    const kept = draft.fields[key];
    if (isTick(field) && typeof kept === "boolean" && field.checked !== kept) field.checked = kept;
    else if (!isTick(field) && typeof kept === "string" && field.value !== kept) field.value = kept;
    else return false;
    return true;
  });
  for (const [, field] of changed) field.dispatchEvent(new Event("change", { bubbles: true }));
  return changed.length > 0;
}

/**
 * @param {HTMLFormElement} form
 * @param {Draft} draft
 */
function announce(form, draft) {
  const notice = document.createElement("div");
  notice.className = "alert alert-info draft-notice no-print";
  notice.setAttribute("role", "status");
  const when = new Date(draft.at).toLocaleString([], { weekday: "short", hour: "2-digit", minute: "2-digit" });
  notice.append(`We kept what you typed (${when}).`);
  const discard = document.createElement("button");
  discard.type = "button";
  discard.className = "btn btn-sm";
  discard.textContent = "Start over";
  discard.addEventListener("click", () => {
    form.reset();
    localStorage.removeItem(draftKey(form));
    notice.remove();
    keyedFields(form)[0]?.[1].focus();
  });
  notice.append(discard);
  form.prepend(notice);
}

/** @param {HTMLFormElement} form */
function keep(form) {
  const key = draftKey(form);
  const initial = JSON.stringify(snapshot(form));
  const draft = read(key);
  if (draft && !isBound(form) && giveBack(form, draft)) announce(form, draft);
  const saved = statusLine(form);
  let timer = 0;
  const save = () => {
    clearTimeout(timer);
    timer = 0;
    const fields = snapshot(form);
    if (JSON.stringify(fields) === initial) localStorage.removeItem(key);
    else if (write(key, { at: Date.now(), fields })) saved(Date.now());
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(save, PAUSE_MS);
  });
  // Typed and at once sent or closed: the pause must not cost the last words.
  form.addEventListener("submit", save);
  window.addEventListener("pagehide", () => { if (timer) save(); });
}

/** @param {Element} form */
const isBound = (form) => form.hasAttribute("data-draft-bound") || form.querySelector(".is-invalid, [data-error-summary]") !== null;

/** @param {Event} event */
function noteSubmit(event) {
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  if (form.hasAttribute("data-sign-out")) forget(() => true);
  else if (form.dataset.draft && !event.defaultPrevented) sessionStorage.setItem(SENT, draftKey(form));
}

/** Only a normal page that reports success proves that the words arrived; sign-in and error pages prove the opposite. */
function settleSent() {
  const key = sessionStorage.getItem(SENT);
  sessionStorage.removeItem(SENT);
  const [visit] = performance.getEntriesByType("navigation");
  const arrived = visit instanceof PerformanceNavigationTiming && visit.type === "navigate";
  if (key && arrived && person && document.querySelector('[data-message="success"]')) forget((kept) => kept === key);
}

/**
 * The form may have been replaced by now; requestConfig still knows which one asked, and whether it was by submitting.
 * @param {Event} event
 */
function settleHtmx(event) {
  const { requestConfig, successful } = /** @type {CustomEvent} */ (event).detail;
  const form = requestConfig?.elt;
  if (requestConfig?.triggeringEvent?.type !== "submit") return;
  if (successful && form instanceof HTMLFormElement && form.dataset.draft) forget((kept) => kept === draftKey(form));
}

/** @param {ParentNode} root */
function keepAll(root) {
  for (const form of root.querySelectorAll("form[data-draft]:not([data-draft-kept])")) {
    if (!(form instanceof HTMLFormElement)) continue;
    form.setAttribute("data-draft-kept", "");
    keep(form);
  }
}

settleSent();
forget((key) => (read(key)?.at ?? 0) < Date.now() - KEEP_MS);
document.addEventListener("submit", noteSubmit);
if (person) {
  keepAll(document);
  document.addEventListener("htmx:afterRequest", settleHtmx);
  document.addEventListener("htmx:afterSettle", () => keepAll(document));
}
