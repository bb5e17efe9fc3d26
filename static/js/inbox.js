// The inbox: walking the list by key, the blue act on Enter, the next item after an act.
// What j, k, x, h and u press is marked in the page (data-hotkey); only what no link can do is here.
(function () {
  "use strict";
  const UNDO_MS = 60000;
  const LOOK_MS = 15000;
  const root = document.documentElement;
  const region = () => document.querySelector("#inbox");
  const rows = () => [...document.querySelectorAll("#inbox .inbox-row")];
  const here = () => document.querySelector("#inbox .inbox-row.is-here");
  const item = () => document.querySelector("[data-inbox-item]");

  function step(by) {
    const all = rows();
    const next = all[all.indexOf(here()) + by];
    if (next) next.click();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-inbox-step]");
    if (button) step(Number(button.dataset.inboxStep));
  });

  function mark(row) {
    for (const other of rows()) {
      other.classList.toggle("is-here", other === row);
      if (other === row) other.setAttribute("aria-current", "true"); else other.removeAttribute("aria-current");
    }
    row?.scrollIntoView({ block: "nearest" });
  }

  // What was decided elsewhere meanwhile leaves the list; the item says by whom.
  function shown() {
    const place = item();
    if (!place) return;
    const row = rows().find((one) => one.dataset.item === place.dataset.inboxItem);
    mark(row);
    if (place.dataset.inboxGone && row) row.closest("li").remove();
    if (place.dataset.inboxGone) window.ispbill?.announce(place.dataset.inboxGone);
  }

  function fade() {
    const done = document.querySelector("[data-inbox-done]");
    if (!done) return;
    window.ispbill?.announce(done.querySelector("span").textContent);
    window.setTimeout(() => done.remove(), UNDO_MS);
  }

  document.addEventListener("htmx:afterSwap", (event) => {
    const id = event.detail.target.id;
    if (id === "inbox-item") { region().classList.add("is-open"); shown(); }
    else if (id === "inbox") { fade(); here()?.scrollIntoView({ block: "nearest" }); }
  });

  // After an act the item below stands open: the list that is on the screen says which.
  document.addEventListener("htmx:configRequest", (event) => {
    const { verb, path, parameters } = event.detail;
    if (verb !== "post" || !region() || !path.startsWith(region().dataset.inbox)) return;
    const all = rows();
    const below = all[all.indexOf(here()) + 1];
    if (below) parameters.next = below.dataset.item;
  });

  function isTyping(target) {
    return Boolean(target.closest?.("input:not([type=radio]), select, textarea, [contenteditable]"));
  }

  function isBusyElsewhere(event) {
    return !region() || root.dataset.hotkeys === "off" || event.defaultPrevented || event.ctrlKey || event.metaKey
      || event.altKey || event.isComposing || document.querySelector("dialog[open]");
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || isBusyElsewhere(event) || isTyping(event.target)) return;
    if (event.target.closest?.("a, button, summary")) return;
    const accept = document.querySelector("[data-inbox-accept]:not([disabled])");
    if (!accept) return;
    event.preventDefault();
    const taken = document.querySelector("[data-inbox-taken]");  // a colleague is deciding: by hand only
    if (taken) window.ispbill?.announce(taken.textContent); else accept.click();
  });

  // Who else has the item open is asked while somebody sees this page, not behind other tabs.
  window.setInterval(() => {
    if (document.visibilityState === "visible" && document.querySelector("#inbox-opened")) htmx.trigger("#inbox-opened", "look");
  }, LOOK_MS);

  // "/" looks for somebody in the item that has a search, before the search of the whole console.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.matches?.("[data-inbox-search]")) { event.target.blur(); return; }
    if (event.key !== "/" || isBusyElsewhere(event) || isTyping(event.target)) return;
    const field = document.querySelector("[data-inbox-search]");
    if (!field) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    field.focus();
    field.select();
  }, true);

  // From the search down to what it found, and back, without the mouse.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "Enter") return;
    if (!event.target.matches?.("[data-inbox-search]")) return;
    const first = document.querySelector("#inbox-hits input[type=radio]");
    event.preventDefault();
    if (first) first.click();
  });

  here()?.scrollIntoView({ block: "nearest" });
})();
