// A field that belongs to a value of another is there only when that has it; one with a fault always is.
for (const form of document.querySelectorAll("form:has([data-when])")) {
  const valueOf = (name) => {
    const control = form.elements[name];
    return control?.type === "checkbox" ? String(control.checked) : control?.value;
  };
  const show = () => {
    for (const field of form.querySelectorAll("[data-when]")) {
      const told = Object.entries(JSON.parse(field.dataset.when));
      field.hidden = !field.querySelector(".err, .conflict") && !told.every(([name, values]) => values.includes(valueOf(name)));
    }
  };
  for (const event of ["change", "input", "restore"]) form.addEventListener(event, show);
  show();
}
