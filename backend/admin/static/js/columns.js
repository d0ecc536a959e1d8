// The page on which columns are chosen: up and down move a row at once, instead of by way of the server.
const form = document.getElementById("columns");
form?.addEventListener("click", (event) => {
  const button = event.target.closest("[name=_move]");
  if (!button) return;
  event.preventDefault();
  const row = button.closest("li");
  if (button.value.startsWith("up:")) row.previousElementSibling?.before(row);
  else row.nextElementSibling?.after(row);
  button.focus();
});
