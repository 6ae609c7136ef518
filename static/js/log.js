// @ts-check
/**
 * Logging a mistake by keyboard: Enter in the search goes to who was found instead of sending half a form, and a new
 * customer begins with the name, address or number that was searched for. Without this file both are typed once more.
 * Typing somebody else's name over the search takes back who was chosen, so that nobody gets another's mistake and mail.
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
  if (!(choice instanceof HTMLInputElement) || choice.name !== "customer") return;
  if (choice.value !== "new") return takeBegunOut();
  const typed = ["name", "email", "phone"].map((name) => choice.form?.elements.namedItem(name));
  if (!(search instanceof HTMLInputElement) || typed.some((field) => field instanceof HTMLInputElement && field.value)) return;
  const field = choice.form?.elements.namedItem(fieldFor(search.value));
  if (field instanceof HTMLInputElement) field.value = field.dataset.begun = search.value.trim();
}

/** Somebody who is known was chosen after all: what this script wrote of somebody new goes, and nothing that was typed. */
function takeBegunOut() {
  for (const field of ofNewCustomer()) {
    if (field.dataset.begun && field.dataset.begun === field.value) field.value = "";
  }
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

/** @returns {HTMLInputElement[]} */
const ofNewCustomer = () => ["id_name", "id_email", "id_phone"].map((id) => document.getElementById(id)).filter((one) => one instanceof HTMLInputElement);

/** @returns {HTMLInputElement | null} */
const choice = () => document.querySelector(".log-customer input[name=customer]:checked");

/** What is written of whoever is chosen, or of somebody new. */
function writtenOfThem() {
  const chosen = choice();
  if (chosen && chosen.value !== "new") return chosen.closest(".choice")?.querySelector("label")?.textContent ?? "";
  return ofNewCustomer().map((field) => field.value).join(" ");
}

/** Words that are none of theirs mean somebody else. */
function startOver() {
  if (!(search instanceof HTMLInputElement)) return;
  const written = writtenOfThem().toLowerCase();
  if (!written.trim() || search.value.toLowerCase().split(/\s+/).every((word) => written.includes(word))) return;
  const chosen = choice();
  if (chosen) chosen.checked = false;
  const typed = ofNewCustomer().map((field) => field.value);
  for (const field of ofNewCustomer()) field.value = "";
  if (typed.some(Boolean)) offerBack(typed);
}

/**
 * What was typed of somebody new is taken out, not lost.
 * @param {string[]} typed name, mail address and phone
 */
function offerBack(typed) {
  const notice = document.createElement("p");
  const back = document.createElement("button");
  document.getElementById("taken-out")?.remove();
  notice.id = "taken-out";
  notice.className = "text-secondary breaks mb-2";
  notice.setAttribute("role", "status");
  notice.append(`You search for somebody else, so ${typed.filter(Boolean).join(", ")} was taken out. `, back);
  back.type = "button";
  back.className = "btn btn-sm";
  back.textContent = "Put it back";
  back.addEventListener("click", () => {
    ofNewCustomer().forEach((field, place) => { field.value = typed[place]; });
    document.getElementById("customer-new")?.click();
    notice.remove();
  });
  document.getElementById("found")?.before(notice);
}

/** The form says what was searched for when somebody was chosen, and a draft of it says whose it is. */
function noteWhose() {
  const chosen = choice();
  const form = search?.closest("form");
  const searched = form?.elements.namedItem("searched");
  if (!form || !(search instanceof HTMLInputElement)) return;
  if (chosen && searched instanceof HTMLInputElement) searched.value = search.value;
  const [name] = ofNewCustomer();
  const words = search.value.trim();
  if (!chosen) form.dataset.draftFor = words ? `“${words}”, not chosen yet` : "";
  else if (chosen.value === "new") form.dataset.draftFor = name?.value.trim() || "a new customer";
  else form.dataset.draftFor = chosen.closest(".choice")?.querySelector("label strong")?.textContent ?? "";
}

/**
 * Of a draft that is taken up: whoever was chosen, who need not be among those who are found now.
 * @param {Event} event
 */
function chooseAgain(event) {
  if (!(search instanceof HTMLInputElement) || !(event instanceof CustomEvent)) return;
  const { fields, whose } = event.detail;
  const key = Object.keys(fields).find((one) => one.startsWith("customer=") && fields[one])?.slice("customer=".length);
  const found = document.getElementById("found");
  if (key && key !== "new" && found && choice()?.value !== key) {
    const chosen = document.createElement("div");
    const label = document.createElement("label");
    chosen.className = "choice";
    Object.assign(label, { htmlFor: `customer-${key}`, textContent: whose, dir: "auto" });
    const dot = Object.assign(document.createElement("input"), { type: "radio", name: "customer", id: label.htmlFor, value: key });
    dot.className = "form-check-input";
    chosen.append(dot, label);
    found.replaceChildren(chosen);
    dot.checked = true;
  }
  noteWhose();
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
search?.addEventListener("input", startOver);
document.addEventListener("change", startNewCustomer);
document.addEventListener("change", noteWhose);
document.addEventListener("input", noteWhose);
document.addEventListener("draft:taken", chooseAgain);
