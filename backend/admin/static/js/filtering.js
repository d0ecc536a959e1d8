// The filters of a list: inputs that fit the field at once, and how many rows they would leave before they are applied.
for (const form of document.querySelectorAll("form[data-filter]")) {
  const inputs = form.querySelector(".inputs");
  let asked = 0;
  let waiting;
  const sent = () => new URLSearchParams([...new FormData(form)].filter(([name]) => name));

  const count = async () => {
    const number = ++asked;
    const button = form.querySelector("[data-count]");
    if (!button) return;
    let answer;
    try {
      answer = await fetch(`${form.dataset.filter}count?${sent()}`, { headers: { Accept: "application/json" } });
    } catch {
      return; // Nobody answers: applying it will tell.
    }
    if (!answer.ok || answer.redirected || number !== asked) return;
    const { text, fault } = await answer.json();
    button.textContent = text;
    form.querySelector("[data-fault]").textContent = fault;
  };

  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(count, 250);
  };

  form.addEventListener("change", async ({ target }) => {
    if (!target.matches("[data-choose]")) return later();
    form.querySelector("[data-next]").hidden = true;
    const told = sent();
    for (const name of ["_op", "_value", "_to"]) told.delete(name);
    told.set("_field", target.value);
    const answer = await fetch(`${form.dataset.filter}filter?${told}`);
    if (!answer.ok || answer.redirected) return;
    inputs.innerHTML = await answer.text();
    inputs.dispatchEvent(new Event("renew", { bubbles: true }));
    target.removeAttribute("name");
    later();
  });
  form.addEventListener("input", later);
  if (form.querySelector("[data-count]") && form.closest("details").open) count();
}

// Shift and a click on a heading: sort by it as well, after what the list is sorted by already.
document.querySelector(".grid thead")?.addEventListener("click", (event) => {
  const then = event.shiftKey && event.target.closest("th")?.querySelector(".then");
  if (!then) return;
  event.preventDefault();
  then.click();
});
