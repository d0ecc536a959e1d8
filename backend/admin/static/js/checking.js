const CHECK_AFTER = 400; // milliseconds of silence while somebody types

// A form with data-check says, while it is filled in, what a save would say of the field.
for (const form of document.querySelectorAll("form[data-check]")) {
  const waiting = new Map();
  const asked = new Map();

  const later = (field, delay) => {
    clearTimeout(waiting.get(field));
    waiting.set(field, setTimeout(() => judge(field), delay));
  };

  const judge = async (field) => {
    const number = (asked.get(field) ?? 0) + 1;
    asked.set(field, number);
    const sent = new FormData(form);
    for (const [name, value] of [...sent]) if (value instanceof File || name === "_once") sent.delete(name);
    sent.set("_field", field);
    let answer;
    try {
      answer = await fetch(form.dataset.check, { method: "POST", body: sent, headers: { Accept: "application/json" } });
    } catch {
      return; // Nobody answers: saving will tell.
    }
    if (!answer.ok || answer.redirected || asked.get(field) !== number) return;
    tell(field, (await answer.json()).error);
  };

  const tell = (field, sentence) => {
    const control = form.elements[field];
    const input = control instanceof RadioNodeList ? control[0] : control;
    const place = input?.closest(".field");
    if (!place || place.querySelector(".conflict")) return;
    const id = `f-${field}-error`;
    let shown = document.getElementById(id);
    if (!sentence) {
      shown?.remove();
      input.ariaInvalid = null;
      return;
    }
    if (!shown) {
      shown = Object.assign(document.createElement("span"), { id, className: "err", role: "status" });
      place.append(shown);
    }
    shown.textContent = sentence;
    input.ariaInvalid = "true";
    const described = input.getAttribute("aria-describedby") ?? "";
    if (!described.includes(id)) input.setAttribute("aria-describedby", `${described} ${id}`);
  };

  // What is in a file the server reads when it is sent.
  const isJudged = ({ name, type }) => name && !name.startsWith("_") && type !== "file";
  // The beginning of a name is no mistake: what is looked up is judged once it is chosen or left.
  const isLookedUp = (target) => target.role === "combobox";
  form.addEventListener("input", ({ target }) => isJudged(target) && !isLookedUp(target) && later(target.name, CHECK_AFTER));
  form.addEventListener("change", ({ target }) => isJudged(target) && later(target.name, 0));
}
