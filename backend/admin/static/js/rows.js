// A row of a list: its menu of what one may do with it, and a field changed where it stands (double-click, or the menu).
const table = document.querySelector(".listing table");
if (table) {
  const heads = [...table.querySelectorAll("thead th")];
  const box = Object.assign(document.createElement("div"), { className: "pop float stack", popover: "auto" });
  let from; // where the focus goes back to
  document.body.append(box);

  const itemOf = (row) => row.querySelector(".name").pathname;

  const open = async (address, place) => {
    const answer = await fetch(address).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    show(await answer.text(), place);
  };

  const show = (html, place) => {
    box.innerHTML = html;
    box.showPopover();
    const { left, right, bottom } = place.getBoundingClientRect();
    const { offsetWidth: wide, offsetHeight: high } = box;
    const begin = document.dir === "rtl" ? right - wide : left;
    box.style.left = `${Math.max(8, Math.min(begin, innerWidth - wide - 8))}px`;
    box.style.top = `${Math.max(8, Math.min(bottom + 4, innerHeight - high - 8))}px`;
    const first = box.querySelector("a, [data-cell], .field :is(input, select, textarea)");
    first?.focus();
    first?.select?.();
  };

  const change = (row, name) => {
    const at = heads.findIndex((head) => head.dataset.f === name);
    open(`${itemOf(row)}/cell/${name}`, row.cells[at] ?? row);
  };

  table.addEventListener("click", (event) => {
    const more = event.target.closest(".more");
    if (!more) return;
    event.preventDefault();
    from = more;
    const names = heads.map((head) => head.dataset.f).filter(Boolean);
    open(`${itemOf(more.closest("tr"))}/menu${more.search || "?"}&columns=${names}`, more);
  });
  table.addEventListener("dblclick", (event) => {
    const cell = event.target.closest("tbody td");
    const name = cell && heads[cell.cellIndex]?.dataset.f;
    if (!name || event.target.closest("input")) return;
    from = cell.parentElement.querySelector(".more, .name");
    change(cell.parentElement, name);
  });
  box.addEventListener("click", ({ target }) => {
    const name = target.closest("[data-cell]")?.dataset.cell;
    if (name) change(from.closest("tr"), name);
    if (target.closest("[data-close]")) box.hidePopover();
  });
  box.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const lines = [...box.querySelectorAll("li > *")];
    if (!step || !lines.length) return;
    event.preventDefault();
    lines.at((lines.indexOf(document.activeElement) + step) % lines.length).focus();
  });
  box.addEventListener("toggle", (event) => event.newState === "closed" && from?.focus());
  box.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await fetch(event.target.action, { method: "POST", body: new FormData(event.target), redirect: "manual" }).catch(() => ({}));
    if (answer.type === "opaqueredirect") {
      // Written: the list as it is now, with its notice and the focus where it was.
      location.hash = from.closest("tr").querySelector(".name").id;
      location.reload();
    } else if (answer.status === 422 || answer.status === 412) {
      show(await answer.text(), from);
    } else {
      event.target.submit(); // A page says what is wrong, and keeps what was typed.
    }
  });
  document.getElementById(location.hash.slice(1))?.focus();
}
