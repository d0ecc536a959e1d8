// Buttons that copy what the input beside them holds; without this script one selects it.
for (const button of document.querySelectorAll("[data-copies]")) {
  const input = document.getElementById(button.dataset.copies);
  const said = button.closest(".under").querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    input.select();
    try {
      await navigator.clipboard.writeText(input.value);
      said.textContent = button.textContent = button.dataset.done;
    } catch {
      input.focus();
    }
  });
}
