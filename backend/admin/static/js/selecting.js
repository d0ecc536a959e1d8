// Rows of a list: all of the page at once, how many are chosen, and exactly how many match.
const chosen = document.getElementById("chosen");
if (chosen) {
  const ticks = [...document.querySelectorAll(".tick[form=chosen]")];
  const all = chosen.querySelector("[data-all]");
  const said = chosen.querySelector("[data-chosen]");
  const head = document.querySelector(".grid thead th");
  const page = Object.assign(document.createElement("input"), { type: "checkbox", className: "tick" });
  page.setAttribute("aria-label", all.dataset.all);
  head?.prepend(page);
  said.classList.remove("sr");
  const words = JSON.parse(said.dataset.chosen); // by the kind of number
  const kinds = new Intl.PluralRules(document.documentElement.lang);
  let last;

  const tell = () => {
    const number = ticks.filter((tick) => tick.checked).length;
    page.checked = number === ticks.length;
    page.indeterminate = number > 0 && number < ticks.length;
    said.textContent = all.checked || !number ? "" : (words[kinds.select(number)] ?? words.other).replace("{}", number);
  };

  page.addEventListener("change", () => {
    for (const tick of ticks) tick.checked = page.checked;
    if (!page.checked) all.checked = false;
    tell();
  });
  document.addEventListener("click", (event) => {
    const tick = event.target;
    if (!ticks.includes(tick)) return;
    // Shift chooses all from the last one to this one.
    if (event.shiftKey && last) {
      const [from, to] = [ticks.indexOf(last), ticks.indexOf(tick)].sort((one, other) => one - other);
      for (const each of ticks.slice(from, to + 1)) each.checked = tick.checked;
    }
    last = tick;
    if (!tick.checked) all.checked = false;
    tell();
  });
  all.addEventListener("change", async () => {
    for (const tick of ticks) tick.checked = all.checked;
    tell();
    const number = chosen.querySelector("[data-number]");
    if (!all.checked || number.dataset.number !== "more") return;
    const told = new URLSearchParams([...new FormData(chosen)].filter(([name]) => !["ids", "_all", "_action"].includes(name)));
    told.set("page[count]", "exact");
    const answer = await fetch(`${location.pathname}count?${told}`, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) return;
    number.textContent = (await answer.json()).rows;
    number.dataset.number = "";
  });
  tell(); // The browser may have kept ticks over Back or a reload.
}

// Changing many rows: whoever fills in a field means to change it.
document.querySelector("form[data-bulk]")?.addEventListener("input", ({ target }) => {
  const tick = target.closest(".bulk")?.querySelector("[name=_set]");
  if (tick && target !== tick) tick.checked = true;
});
