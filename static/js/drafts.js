// @ts-check
/**
 * Keeps what is typed into a form with data-draft="key" in this browser, and offers it again after an expired sign-in, a
 * closed tab, *Back* or a crash. A draft is never applied by itself: a notice says whose it is, and the person decides.
 *
 * A draft belongs to the person who typed it, to its form, and to what the form is about (data-draft-for: the customer).
 * It is gone when it was sent, at sign-out, when somebody else signs in, and 12 hours after the last word. In storage it
 * is enciphered under a key that only this person's pages carry, so that a sign-in page can read none of it.
 * Never kept: a password, a file, a hidden field. A form that the server gives back filled in says data-draft-bound.
 */

// Web Crypto is missing on plain http, and does not finish while a page goes.
import { xchacha20poly1305 } from "../vendor/noble-ciphers/chacha.js";

/** @typedef {Record<string, string | boolean>} Fields */
/** @typedef {{begun: number, whose: string, fields: Fields}} Draft */
/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Field */
/** @typedef {{key: string, begun: number, initial: Fields, timer: number, saved: (at: number) => void}} Work */

const PREFIX = "amends.draft.";
const SENT = "amends.sent";
const KEEP_MS = 12 * 60 * 60 * 1000;
const PAUSE_MS = 600;
const UNKEPT_TYPES = new Set(["hidden", "password", "file", "submit", "button", "reset", "image"]);
const OF_EACH_PAGE = new Set(["csrfmiddlewaretoken", "key", "version", "incident_version", "searched"]);

/** The last is Django's own, on the pages of settings. */
const SIGN_OUT = "[data-sign-out], #logout-form";
const carrier = document.querySelector("[data-user]");
const whose = carrier instanceof HTMLElement ? carrier.dataset : {};
const person = whose.user ?? "";
const secret = Uint8Array.from((whose.draftKey ?? "").match(/../g) ?? [], (pair) => parseInt(pair, 16));

/** @type {Map<HTMLFormElement, Work>} */
const works = new Map();
let isSignedOut = false;

/** @param {Uint8Array} bytes */
const asText = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

/** @param {string} text */
const asBytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/* --- Storage --- */

/** @param {string} key @returns {number} when the draft was kept last; 0 for what is no draft */
function keptAt(key) {
  try {
    const at = JSON.parse(localStorage.getItem(key) ?? "null")?.at;
    return typeof at === "number" ? at : 0;
  } catch {
    return 0;
  }
}

/** @param {string} key @returns {Draft | null} */
function read(key) {
  try {
    const { nonce, sealed } = JSON.parse(localStorage.getItem(key) ?? "null");
    const opened = xchacha20poly1305(secret, asBytes(nonce)).decrypt(asBytes(sealed));
    const draft = JSON.parse(new TextDecoder().decode(opened));
    return typeof draft.begun === "number" && typeof draft.fields === "object" ? draft : null;
  } catch {
    return null;
  }
}

/** @param {string} key @param {Draft} draft @returns {boolean} */
function write(key, draft) {
  try {
    const nonce = crypto.getRandomValues(new Uint8Array(24));
    const sealed = xchacha20poly1305(secret, nonce).encrypt(new TextEncoder().encode(JSON.stringify(draft)));
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), nonce: asText(nonce), sealed: asText(sealed) }));
    return true;
  } catch {
    return false;
  }
}

/** @param {(key: string) => boolean} wanted @returns {string[]} */
function stored(wanted) {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX) && wanted(key));
  } catch {
    return []; // Storage is blocked: there is nothing to find.
  }
}

/** @param {(key: string) => boolean} unwanted */
const forget = (unwanted) => stored(unwanted).forEach((key) => localStorage.removeItem(key));

/* --- Forms --- */

/** @param {Element} control @returns {control is Field} */
function isKept(control) {
  if (control instanceof HTMLInputElement) return control.name !== "" && !UNKEPT_TYPES.has(control.type);
  return (control instanceof HTMLTextAreaElement || control instanceof HTMLSelectElement) && control.name !== "";
}

/** @param {Field} field @returns {field is HTMLInputElement} */
const isTick = (field) => field instanceof HTMLInputElement && (field.type === "checkbox" || field.type === "radio");

/**
 * A tick is known by its value, because who is offered to choose from changes; other fields of one name are numbered.
 * @param {HTMLFormElement} form
 * @returns {[string, Field][]}
 */
function keyedFields(form) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return [...form.elements].filter(isKept).map((field) => {
    if (isTick(field)) return [`${field.name}=${field.value}`, field];
    const count = seen.get(field.name) ?? 0;
    seen.set(field.name, count + 1);
    return [`${field.name}#${count}`, field];
  });
}

/** @param {HTMLFormElement} form @returns {Fields} */
const snapshot = (form) =>
  Object.fromEntries(keyedFields(form).map(([key, field]) => [key, isTick(field) ? field.checked : field.value]));

/**
 * Only what differs: a moment or an owner that the form began with may be another by the time the draft is taken up.
 * @param {Fields} now
 * @param {Fields} initial
 * @returns {Fields}
 */
function changesIn(now, initial) {
  const before = (/** @type {string} */ key, /** @type {string | boolean} */ value) => initial[key] ?? (typeof value === "boolean" ? false : "");
  return Object.fromEntries(Object.entries(now).filter(([key, value]) => value !== before(key, value)));
}

/**
 * Where the drafts of a form are: of this person, this form, and the thing that its hidden fields name.
 * @param {HTMLFormElement} form
 */
function placeOf(form) {
  const hidden = [...form.elements].filter((one) => one instanceof HTMLInputElement && one.type === "hidden" && !OF_EACH_PAGE.has(one.name));
  return [`${PREFIX}${person}.${form.dataset.draft}`, ...hidden.map((one) => /** @type {HTMLInputElement} */ (one).value), ""].join(".");
}

/** @param {Element} form */
const isBound = (form) => form.hasAttribute("data-draft-bound") || form.querySelector(".is-invalid, [data-error-summary]") !== null;

/** @param {HTMLFormElement} form */
function save(form) {
  const work = works.get(form);
  if (!work || isSignedOut) return;
  clearTimeout(work.timer);
  work.timer = 0;
  const fields = changesIn(snapshot(form), work.initial);
  if (Object.keys(fields).length === 0) return forget((key) => key === work.key);
  work.begun ||= Date.now();
  if (write(work.key, { begun: work.begun, whose: form.dataset.draftFor ?? "", fields })) work.saved(Date.now());
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

/* --- The offer --- */

/**
 * "You began a case for Ada Lovelace at 10:31."
 * @param {HTMLFormElement} form
 * @param {Draft} draft
 */
function sentenceOf(form, draft) {
  const begun = new Date(draft.begun);
  const isToday = begun.toDateString() === new Date().toDateString();
  const time = begun.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const sentence = document.createElement("span");
  sentence.className = "breaks";
  const whose = document.createElement("bdi");
  whose.textContent = draft.whose;
  sentence.append(`You began ${form.dataset.draftWhat ?? "this form"}`, draft.whose ? " for " : "", whose);
  sentence.append(` at ${time}${isToday ? "" : " yesterday"}.`);
  return sentence;
}

/** @param {HTMLFormElement} form @param {Draft} draft */
function giveBack(form, draft) {
  const changed = keyedFields(form).filter(([key, field]) => {
    const kept = draft.fields[key];
    if (isTick(field) && typeof kept === "boolean") field.checked = kept;
    else if (!isTick(field) && typeof kept === "string") field.value = kept;
    else return false;
    field.closest("details")?.setAttribute("open", "");
    return true;
  });
  for (const [, field] of changed) field.dispatchEvent(new Event("change", { bubbles: true }));
  form.dispatchEvent(new CustomEvent("draft:taken", { bubbles: true, detail: draft }));
  changed[0]?.[1].focus();
}

/**
 * What stands in the form by now stays a draft of its own, which is offered in its turn.
 * @param {HTMLFormElement} form @param {string} key @param {Draft} draft
 */
function takeUp(form, key, draft) {
  const work = works.get(form);
  if (!work) return;
  save(form);
  form.reset();
  Object.assign(work, { key, begun: draft.begun });
  giveBack(form, draft);
  offer(form);
}

/** @param {string} label @param {string} sentenceId @param {() => void} act */
function button(label, sentenceId, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-sm";
  made.textContent = label;
  made.setAttribute("aria-describedby", sentenceId);
  made.addEventListener("click", act);
  return made;
}

/** The notices stand before the form, not in it: a form may be a grid. @param {HTMLFormElement} form */
function offer(form) {
  const place = placeOf(form);
  while (form.previousElementSibling?.matches(".draft-notice")) form.previousElementSibling.remove();
  for (const key of stored((one) => one.startsWith(place) && one !== works.get(form)?.key).sort()) {
    const draft = read(key);
    if (!draft) {
      localStorage.removeItem(key);
      continue;
    }
    const notice = document.createElement("div");
    notice.className = "alert alert-info draft-notice no-print";
    notice.setAttribute("role", "status");
    const sentence = sentenceOf(form, draft);
    sentence.id = `draft-${key.slice(place.length)}`;
    const throwAway = () => {
      localStorage.removeItem(key);
      notice.remove();
      keyedFields(form)[0]?.[1].focus();
    };
    const ways = document.createElement("span");
    ways.append(button("Take it up", sentence.id, () => takeUp(form, key, draft)), button("Throw it away", sentence.id, throwAway));
    notice.append(sentence, ways);
    form.before(notice);
  }
}

/** @param {HTMLFormElement} form @param {string} refused the draft that was sent last and did not arrive */
function keep(form, refused) {
  const place = placeOf(form);
  const resumed = isBound(form) && refused.startsWith(place) ? refused : "";
  works.set(form, {
    key: resumed || `${place}${Date.now().toString(36)}`,
    begun: resumed ? (read(resumed)?.begun ?? 0) : 0,
    initial: isBound(form) ? {} : snapshot(form),
    timer: 0,
    saved: statusLine(form),
  });
  if (!isBound(form)) offer(form);
  form.addEventListener("input", () => {
    const work = works.get(form);
    if (!work) return;
    clearTimeout(work.timer);
    work.timer = window.setTimeout(() => save(form), PAUSE_MS);
  });
  // Typed and at once sent or closed: the pause must not cost the last words.
  form.addEventListener("submit", () => save(form));
  window.addEventListener("pagehide", () => { if (works.get(form)?.timer) save(form); });
}

/** @param {Event} event */
function noteSubmit(event) {
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  if (form.matches(SIGN_OUT)) {
    isSignedOut = true;
    forget(() => true);
  } else if (works.has(form) && !event.defaultPrevented) sessionStorage.setItem(SENT, works.get(form)?.key ?? "");
}

/**
 * Only a normal page that reports success proves that the words arrived; sign-in and error pages prove the opposite.
 * @returns {string} the draft that did not arrive
 */
function settleSent() {
  const key = sessionStorage.getItem(SENT) ?? "";
  sessionStorage.removeItem(SENT);
  const [visit] = performance.getEntriesByType("navigation");
  const arrived = visit instanceof PerformanceNavigationTiming && visit.type === "navigate";
  if (!key || !arrived || !person || !document.querySelector('[data-message="success"]')) return key;
  forget((kept) => kept === key);
  return "";
}

/** @param {string} refused */
function keepAll(refused) {
  for (const form of document.querySelectorAll("form[data-draft]")) {
    if (form instanceof HTMLFormElement && !works.has(form)) keep(form, refused);
  }
}

const refused = settleSent();
forget((key) => keptAt(key) < Date.now() - KEEP_MS);
document.addEventListener("submit", noteSubmit);
if (person) {
  forget((key) => !key.startsWith(`${PREFIX}${person}.`));
  keepAll(refused);
  document.addEventListener("htmx:afterSettle", () => keepAll(""));
}
