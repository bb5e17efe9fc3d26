// The search dialog: Ctrl/Cmd-K or "/". A combobox over a listbox the server renders.
(function () {
  "use strict";
  const dialog = document.querySelector("#palette");
  if (!dialog) return;
  const root = document.documentElement;
  const input = dialog.querySelector("input");
  const results = dialog.querySelector("#palette-results");
  let asked = 0;
  let timer = 0;

  function open() {
    if (dialog.open || document.querySelector("dialog[open]")) return;
    dialog.showModal();
    input.select();
    if (!results.childElementCount) ask();
  }

  async function ask() {
    const mine = (asked += 1);
    const url = new URL(dialog.dataset.url, window.location.origin);
    url.searchParams.set("q", input.value.trim());
    try {
      const answer = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
      if (mine !== asked) return;
      if (answer.headers.get("HX-Redirect")) { window.location.assign(answer.headers.get("HX-Redirect")); return; }
      if (!answer.ok) throw new Error(String(answer.status));
      const html = await answer.text();
      if (mine !== asked) return;
      results.innerHTML = html;
      mark(0);
      const count = results.querySelector("[data-count]")?.dataset.count || hits().length;
      window.ispbill?.announce(`${count} ${document.querySelector("#ui-words")?.dataset.results || ""}`);
    } catch (failure) {
      if (mine === asked) window.ispbill?.toast({ text: document.querySelector("#ui-words")?.dataset.offline || String(failure), level: "warning" });
    }
  }

  const hits = () => [...results.querySelectorAll("[role=option]")];
  const marked = () => results.querySelector('[aria-selected="true"]');

  function mark(index) {
    const all = hits();
    input.setAttribute("aria-expanded", String(all.length > 0));
    input.removeAttribute("aria-activedescendant");
    all.forEach((hit) => hit.setAttribute("aria-selected", "false"));
    if (!all.length) return;
    const hit = all[(index + all.length) % all.length];
    hit.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", hit.id);
    hit.scrollIntoView({ block: "nearest" });
  }

  function follow(url, inDialog) {
    dialog.close();
    if (inDialog && window.htmx) window.htmx.ajax("GET", url, { target: "#dialog-body" });
    else window.location.assign(url);
  }

  input.addEventListener("input", () => { window.clearTimeout(timer); timer = window.setTimeout(ask, 120); });
  input.addEventListener("keydown", (event) => {
    const at = hits().indexOf(marked());
    if (event.key === "ArrowDown") { event.preventDefault(); mark(at + 1); }
    else if (event.key === "ArrowUp") { event.preventDefault(); mark(at - 1); }
    else if (event.key === "Home" && event.ctrlKey) { event.preventDefault(); mark(0); }
    // A search field would spend the first Escape on emptying itself.
    else if (event.key === "Escape") { event.preventDefault(); dialog.close(); }
    else if (event.key === "Enter" && marked()) { event.preventDefault(); follow(marked().href, false); }
    else if (event.key === "Tab" && !event.shiftKey && marked()?.dataset.action) { event.preventDefault(); follow(marked().dataset.action, true); }
  });
  results.addEventListener("mousemove", (event) => {
    const hit = event.target.closest("[role=option]");
    if (hit && hit !== marked()) mark(hits().indexOf(hit));
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

  document.addEventListener("click", (event) => { if (event.target.closest("[data-palette-open]")) open(); });
  document.addEventListener("keydown", (event) => {
    const isCtrlK = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
    const isSlash = event.key === "/" && root.dataset.hotkeys !== "off" && !event.ctrlKey && !event.metaKey && !event.altKey
      && !event.target.closest?.("input, select, textarea, [contenteditable]");
    if (!isCtrlK && !isSlash) return;
    event.preventDefault();
    open();
  });
})();
