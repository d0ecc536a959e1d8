const NEXT_WITHIN = 1500; // milliseconds between g and the letter of a place

// Single keys, for who likes them: every one only does what a link or a button of the page does.
if (document.documentElement.dataset.shortcuts === "on" && document.querySelector(".side")) {
  let going = -Infinity;
  let help;

  const typing = (target) => target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog");
  const row = () => document.activeElement?.closest("main tbody tr");
  const rows = () => [...document.querySelectorAll("main tbody tr")].filter((each) => each.querySelector("a.name"));

  const step = (by) => {
    const all = rows();
    if (!all.length) return document.querySelector(by > 0 ? "main a[rel=next]" : "main a[rel=prev]")?.click();
    const place = all.indexOf(row());
    const to = place < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(place + by, 0), all.length - 1);
    all[to].querySelector("a.name").focus();
  };

  // A row that offers no editing is opened instead.
  const edit = () => (row()?.querySelector("a[data-key=e], a[href$='/edit'], a.name") ?? document.querySelector("main a[data-key=e]"))?.click();

  const search = () => {
    const field = document.querySelector("main [type=search]");
    if (!field) return document.querySelector("a.find")?.click();
    field.focus();
    field.select();
  };

  const explain = async () => {
    if (!help) {
      const answer = await fetch("/admin/_keys/inside").catch(() => null);
      if (!answer?.ok || answer.redirected) return;
      help = document.createElement("dialog");
      help.setAttribute("aria-labelledby", "keys-title");
      help.innerHTML = '<header><h2 id="keys-title"></h2><form method="dialog"><button class="btn bare small"></button></form></header><div class="pad stack"></div>';
      const way = document.querySelector("a.keys-way");
      help.querySelector("h2").textContent = way.textContent;
      help.querySelector("button").textContent = way.dataset.close;
      help.querySelector("div").innerHTML = await answer.text();
      document.body.append(help);
    }
    help.showModal();
  };

  const deeds = { "/": search, j: () => step(1), k: () => step(-1), x: () => row()?.querySelector("[type=checkbox]")?.click(), e: edit, "?": explain };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented || typing(event.target)) return;
    const isGoing = event.timeStamp - going < NEXT_WITHIN;
    going = -Infinity;
    if (isGoing) {
      const place = document.querySelector(`.side a[data-go="${CSS.escape(event.key)}"]`);
      if (place) event.preventDefault();
      place?.click();
    } else if (event.key === "g") {
      going = event.timeStamp;
    } else if (Object.hasOwn(deeds, event.key)) {
      event.preventDefault();
      deeds[event.key]();
    }
  });
}
