// How a text in Markdown reads, asked of the server each time it is opened.
for (const place of document.querySelectorAll("details[data-reads]")) {
  const form = place.closest("form");
  place.addEventListener("toggle", async () => {
    if (!place.open) return;
    const sent = new FormData();
    sent.set("csrf_token", form.elements.csrf_token.value);
    sent.set("text", form.elements[place.dataset.reads].value);
    try {
      const answer = await fetch(form.dataset.reads, { method: "POST", body: sent });
      if (answer.ok && !answer.redirected) place.querySelector(".prose").innerHTML = await answer.text();
    } catch {
      // Nobody answers: what was shown stays.
    }
  });
}
