// @ts-check
/**
 * Logging a mistake by keyboard: Enter in the search goes to who was found instead of sending half a form, and a new
 * customer begins with the name, address or number that was searched for. Without this file both are typed once more.
 */

const search = document.querySelector("[data-find-customer]");

/**
 * Where the words that were searched for belong.
 * @param {string} words
 */
function fieldFor(words) {
  if (words.includes("@")) return "email";
  return /\d/.test(words) && !/\p{L}/u.test(words) ? "phone" : "name";
}

/** @param {Event} event */
function startNewCustomer(event) {
  const choice = event.target;
  if (!(choice instanceof HTMLInputElement) || choice.name !== "customer" || choice.value !== "new") return;
  const typed = ["name", "email", "phone"].map((name) => choice.form?.elements.namedItem(name));
  if (!(search instanceof HTMLInputElement) || typed.some((field) => field instanceof HTMLInputElement && field.value)) return;
  const field = choice.form?.elements.namedItem(fieldFor(search.value));
  if (field instanceof HTMLInputElement) field.value = search.value.trim();
}

/** @param {Element | null} target */
function focusOn(target) {
  if (target instanceof HTMLElement) target.focus();
}

/**
 * In the search: to the first who was found. On somebody: choose them and go on to what went wrong.
 * @param {KeyboardEvent} event
 */
function onEnter(event) {
  const here = event.target;
  if (event.key !== "Enter" || event.isComposing || !(here instanceof HTMLInputElement)) return;
  if (here === search) {
    event.preventDefault();
    const first = document.querySelector("#found input[name=customer]");
    if (first) focusOn(first);
    else search.dispatchEvent(new Event("look"));
  } else if (here.name === "customer") {
    event.preventDefault();
    here.click();
    focusOn(document.getElementById(here.value === "new" ? "id_name" : "id_title"));
  }
}

/** A draft that was given back brings its search with it, but not yet who was found. */
function lookAgain() {
  if (!(search instanceof HTMLInputElement) || !search.value || document.querySelector("#found input")) return;
  search.dispatchEvent(new Event("look"));
}

/** The button looks without sending anything, so that Enter in another field logs the mistake. */
function lookByButton() {
  const button = document.querySelector("[data-find-button]");
  if (!(button instanceof HTMLButtonElement)) return;
  button.type = "button";
  button.addEventListener("click", () => search?.dispatchEvent(new Event("look")));
}

lookByButton();
document.addEventListener("keydown", onEnter);
document.addEventListener("change", startNewCustomer);
window.addEventListener("load", lookAgain);
