// Rows of a list: all of the page at once, how many are chosen, and exactly how many match.
const chosen = document.getElementById("chosen");
if (chosen) {
  const ticks = [...document.querySelectorAll(".tick[form=chosen]")];
  const all = chosen.querySelector("[data-all]");
  const said = chosen.querySelector("[data-chosen]");
  const page = Object.assign(document.createElement("input"), { type: "checkbox", className: "tick", ariaLabel: all.dataset.all });
  document.querySelector(".grid thead th")?.prepend(page);
  said.classList.remove("sr");
  const words = JSON.parse(said.dataset.chosen); // by the kind of number
  const kinds = new Intl.PluralRules(document.documentElement.lang);
  const elsewhere = chosen.querySelector("[data-elsewhere]")?.value.split(".") ?? [];
  let held = elsewhere;
  let last = NaN;

  // What is chosen goes along to other pages of the list, and outlives a reload.
  const carry = (told) => {
    told.delete("_ticked");
    if (held.length) told.set("_ticked", held.join("."));
  };
  const led = (address) => {
    const there = new URL(address);
    carry(there.searchParams);
    return there;
  };

  const tick = (on) => ticks.forEach((each) => (each.checked = on));
  const tell = () => {
    const here = ticks.filter((each) => each.checked).map((each) => each.value);
    held = [...elsewhere, ...here];
    page.checked = here.length === ticks.length;
    page.indeterminate = here.length > 0 && !page.checked;
    said.textContent = all.checked || !held.length ? "" : (words[kinds.select(held.length)] ?? words.other).replace("{}", held.length);
    history.replaceState(null, "", led(location.href));
  };
  document.addEventListener("formdata", ({ target, formData }) => target.method === "get" && carry(formData));

  page.addEventListener("change", () => {
    tick(page.checked);
    if (!page.checked) all.checked = false;
    tell();
  });
  document.addEventListener("click", ({ target, shiftKey }) => {
    const link = target.closest("a:not([data-none])");
    if (link?.pathname === location.pathname && !link.hash) link.href = led(link.href);
    const place = ticks.indexOf(target);
    if (place < 0) return;
    // Shift chooses all from the last one to this one.
    if (shiftKey) for (const each of ticks.slice(Math.min(last, place), Math.max(last, place) + 1)) each.checked = target.checked;
    last = place;
    if (!target.checked) all.checked = false;
    tell();
  });
  all.addEventListener("change", async () => {
    tick(all.checked);
    tell();
    const number = chosen.querySelector("[data-number]");
    if (!all.checked || number.dataset.number !== "more") return;
    const told = new URLSearchParams(new FormData(chosen));
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
