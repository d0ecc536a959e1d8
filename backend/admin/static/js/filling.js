// In rows of inputs, Enter and the arrows go up and down.
document.querySelector(".filling")?.addEventListener("keydown", (event) => {
  const by = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by || event.ctrlKey || event.metaKey || !event.target.matches("input.in")) return;
  event.preventDefault();
  const column = [...document.querySelectorAll(`[name^="${event.target.name.split(".")[0]}."]`)];
  const next = column[column.indexOf(event.target) + by];
  next?.focus();
  next?.select();
});
