const KEPT = "kontor-form:"; // in the tab alone, until the form is saved or left on purpose
const SENT = "kontor-sent"; // the form that was sent from the page before

// What was saved is no longer unsaved.
if (document.querySelector(".toast")) sessionStorage.removeItem(sessionStorage.getItem(SENT));
sessionStorage.removeItem(SENT);

// A form that is left with something typed asks first, and offers it again should it be lost: no connection, a crash.
for (const form of document.querySelectorAll("form[data-owner]")) {
  const name = KEPT + form.dataset.owner + form.getAttribute("action");
  // Of what is not typed, the version alone: it tells what somebody else changed meanwhile.
  const isOurs = ({ name, type }) => name && (type === "hidden" ? name.endsWith("version") : !["file", "password", "submit"].includes(type));
  const controls = () => [...form.elements].filter(isOurs);
  const isTick = ({ type }) => type === "checkbox" || type === "radio";
  const held = (control) => (isTick(control) ? control.checked : control.value);
  const state = () => controls().map((control) => [control.name, control.value, held(control)]);
  const now = () => JSON.stringify(state());
  const keep = () => sessionStorage.setItem(name, now());
  const first = now();
  let isDirty = form.dataset.filled === "true";
  let isLeaving = false;

  form.addEventListener("input", () => (isDirty = true));
  form.addEventListener("change", () => {
    isDirty = true;
    if (now() === first) sessionStorage.removeItem(name);
    else keep();
  });
  // Also where Enter alone begins a line.
  form.addEventListener("keydown", ({ key, ctrlKey, metaKey }) => key === "Enter" && (ctrlKey || metaKey) && form.querySelector(".save .main").click());
  form.addEventListener("submit", () => {
    isLeaving = true;
    keep();
    sessionStorage.setItem(SENT, name);
  });
  addEventListener("beforeunload", (event) => {
    if (!isDirty || isLeaving) return;
    keep();
    event.preventDefault();
  });
  addEventListener("pageshow", () => (isLeaving = false));

  // Only where the server gives the bare form: what it filled in itself is newer.
  const lost = form.dataset.filled === "false" && sessionStorage.getItem(name);
  if (!lost || lost === first) continue;
  const note = document.querySelector("#unsaved").content.cloneNode(true).firstElementChild;
  const [again, drop] = note.querySelectorAll("button");
  again.addEventListener("click", () => {
    const told = JSON.parse(lost);
    for (const control of controls()) {
      const place = told.findIndex(([key, value]) => key === control.name && (!isTick(control) || value === control.value));
      if (place < 0) continue;
      const [[, , value]] = told.splice(place, 1);
      if (isTick(control)) control.checked = value;
      else control.value = value;
      control.dispatchEvent(new Event("restore", { bubbles: true }));
    }
    isDirty = true;
    note.remove();
    controls()[0]?.focus();
  });
  drop.addEventListener("click", () => {
    sessionStorage.removeItem(name);
    note.remove();
  });
  form.before(note);
}
