const ASK_AFTER = 90; // milliseconds of silence while somebody types

// "Find or do…" opens a dialog over the page; without this script the same link is a page.
const way = document.querySelector("a.find");
if (way) {
  let dialog, input, list, waiting, asking, answered;

  const make = () => {
    dialog = document.createElement("dialog");
    dialog.className = "palette";
    dialog.ariaLabel = way.dataset.label;
    dialog.innerHTML = '<div class="ask"><input class="in" type="search" role="combobox" aria-expanded="true" aria-autocomplete="list" aria-controls="find-list" autocomplete="off" spellcheck="false" maxlength="80"></div><ul class="offers" id="find-list" role="listbox"></ul>';
    input = dialog.querySelector("input");
    list = dialog.querySelector("ul");
    for (const each of [input, list]) each.ariaLabel = way.dataset.label;
    input.placeholder = way.dataset.label;
    document.body.append(dialog);
    input.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(ask, ASK_AFTER);
    });
    dialog.addEventListener("keydown", press);
    dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
    dialog.addEventListener("close", () => asking?.abort());
  };

  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const text = input.value;
    try {
      const answer = await fetch(`${way.dataset.options}?q=${encodeURIComponent(text)}`, { signal: asking.signal });
      if (!answer.ok || answer.redirected) return location.assign(way.href);
      list.innerHTML = await answer.text();
      answered = text;
      choose(0);
    } catch {
      // Another question overtook this one, or nobody answers: what was shown stays.
    }
  };

  const options = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => options().findIndex((each) => each.ariaSelected === "true");
  const choose = (place) => {
    const all = options();
    const one = all.at(all.length ? place % all.length : 0);
    for (const each of all) each.ariaSelected = each === one;
    one?.scrollIntoView({ block: "nearest" });
    if (one) input.setAttribute("aria-activedescendant", one.id);
    else input.removeAttribute("aria-activedescendant");
  };

  const press = async (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key === "Escape") {
      // A browser would only empty the field first.
      event.preventDefault();
      dialog.close();
    } else if (event.key in steps) {
      event.preventDefault();
      choose(chosen() + steps[event.key]);
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      // Whoever types faster than we answer goes to what was typed, not to what was shown before.
      if (answered !== input.value) {
        clearTimeout(waiting);
        await ask();
      }
      if (answered === input.value) options()[chosen()]?.click();
    }
  };

  const open = () => {
    if (!dialog) make();
    if (dialog.open) return dialog.close();
    input.value = "";
    answered = undefined;
    dialog.showModal();
    input.focus();
    ask();
  };

  way.ariaHasPopup = "dialog";
  way.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open();
  });
}
