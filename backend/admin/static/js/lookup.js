const ASK_AFTER = 120; // milliseconds of silence while somebody types

// A reference's field finds rows while one types: a combobox; a list of rows shows them as chips.
const start = (holder) => {
  const place = document.querySelectorAll("[role=combobox]").length;
  const kept = holder.querySelector("input, textarea");
  const isMany = kept.localName === "textarea";
  const input = isMany ? document.createElement("input") : kept;
  const list = Object.assign(document.createElement("ul"), { id: `found-${place}`, hidden: true });
  const said = Object.assign(document.createElement("span"), { className: "sr", role: "status" });
  const chips = Object.assign(document.createElement("ul"), { className: "row chosen" });
  const label = document.querySelector(`label[for="${CSS.escape(kept.id)}"]`);
  let active = -1;
  let waiting;
  let asking;

  const lines = () => kept.value.split("\n").map((line) => line.trim()).filter(Boolean);
  const options = () => [...list.children];

  const stop = () => {
    clearTimeout(waiting);
    asking?.abort();
  };

  const close = () => {
    stop();
    list.hidden = true;
    active = -1;
    input.ariaExpanded = "false";
    input.removeAttribute("aria-activedescendant");
  };

  const mark = (next) => {
    const all = options();
    if (!all.length) return;
    stop(); // What one moves in stays as it is seen.
    active = (next + all.length) % all.length;
    all.forEach((option, index) => (option.ariaSelected = index === active));
    all[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", all[active].id);
  };

  const hold = (value) => {
    kept.value = value;
    kept.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const choose = (option) => {
    close();
    if (isMany) {
      input.value = "";
      hold([...new Set([...lines(), option.dataset.value])].join("\n"));
      show();
    } else hold(option.dataset.value);
    said.textContent = option.dataset.value;
  };

  const show = () => {
    chips.replaceChildren(...lines().map((line, index) => {
      const chip = Object.assign(document.createElement("li"), { className: "chip", textContent: line.replace(/ \(#\d+\)$/, "") });
      const gone = Object.assign(document.createElement("button"), { type: "button", textContent: "×", ariaLabel: holder.dataset.remove.replace("{}", () => line) });
      gone.addEventListener("click", () => {
        hold(lines().filter((_, at) => at !== index).join("\n"));
        show();
        input.focus();
      });
      chip.append(gone);
      return chip;
    }));
  };

  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const text = input.value.replace(/ \(#\d+\)$/, "");
    let items, found, cut;
    try {
      const answer = await fetch(`${holder.dataset.lookup}?q=${encodeURIComponent(text)}`, { signal: asking.signal });
      if (!answer.ok || answer.redirected) return;
      ({ items, said: found, cut } = await answer.json());
    } catch {
      return; // Typed on, or nobody answers: the name itself will do.
    }
    if (document.activeElement !== input) return;
    list.replaceChildren(...items.map(({ id, title, hint }, index) => {
      const option = Object.assign(document.createElement("li"), { id: `${list.id}-${index}`, textContent: title, role: "option", ariaSelected: "false" });
      option.setAttribute("data-value", `${title.trim().replace(/\s+/g, " ")} (#${id})`);
      if (hint) option.append(Object.assign(document.createElement("small"), { textContent: hint }));
      option.addEventListener("pointerdown", (event) => event.preventDefault());
      option.addEventListener("click", () => choose(option));
      return option;
    }));
    active = -1;
    list.hidden = !items.length;
    input.ariaExpanded = !list.hidden;
    input.removeAttribute("aria-activedescendant");
    said.textContent = found;
    said.className = cut ? "quiet" : "sr";
  };

  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, ASK_AFTER);
  };

  // What was typed and not chosen is kept as it is: the server looks for it, or asks what was meant.
  const take = () => {
    if (isMany && input.value.trim()) {
      hold([...lines(), input.value.trim()].join("\n"));
      input.value = "";
      show();
    }
  };

  if (isMany) {
    for (const { name, value } of [...kept.attributes])
      if (name === "class" || name === "id" || name.startsWith("aria-")) input.setAttribute(name, value);
    kept.removeAttribute("id");
    kept.hidden = true;
    holder.prepend(chips, input);
    show();
    kept.form?.addEventListener("submit", take);
    kept.addEventListener("restore", show);
  }
  Object.assign(input, { role: "combobox", autocomplete: "off", ariaAutoComplete: "list", ariaExpanded: "false" }).setAttribute("aria-controls", list.id);
  Object.assign(list, { role: "listbox", ariaLabel: label.firstChild.textContent.trim() });
  holder.append(list, said);

  input.addEventListener("input", later);
  input.addEventListener("blur", () => {
    close();
    take();
  });
  input.addEventListener("keydown", (event) => {
    const isOpen = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (isOpen) mark(active + (event.key === "ArrowDown" ? 1 : active < 0 ? 0 : -1));
      else ask();
    } else if (event.key === "Enter" && isOpen && active >= 0) {
      event.preventDefault();
      choose(options()[active]);
    } else if (event.key === "Enter" && isMany && input.value.trim()) {
      event.preventDefault();
      take();
    } else if (event.key === "Escape" && isOpen) {
      event.stopPropagation();
      close();
    } else if (event.key === "Backspace" && isMany && !input.value && lines().length) {
      hold(lines().slice(0, -1).join("\n"));
      show();
    }
  });
};
const begin = ({ target }) => target.querySelectorAll("[data-lookup]").forEach(start);
begin({ target: document });
document.addEventListener("renew", begin);
