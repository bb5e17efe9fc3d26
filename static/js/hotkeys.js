// Keys come from the page itself: data-hotkey="p" or "g c", with data-hotkey-label and -scope.
// The same attributes build the help dialog, so the list can never be out of date.
(function () {
  "use strict";
  const root = document.documentElement;
  const words = () => document.querySelector("#ui-words")?.dataset || {};
  const SEQUENCE_MS = 1200;
  let typed = [];
  let timer = 0;

  // What is typed while a dialog is fetched is kept, and written into its field when it is there.
  const FETCH_MS = 15000;
  let early = null;

  function waitFor(element) {
    const isFetched = element.getAttribute("hx-target") === "#dialog-body" && !element.dataset.ready;
    if (!isFetched || !window.htmx) return;
    early = "";
    window.setTimeout(() => { early = null; }, FETCH_MS);
  }

  document.addEventListener("keydown", (event) => {
    if (early === null || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") { early = null; return; }
    if (event.key === "Backspace") early = early.slice(0, -1);
    else if (event.key.length === 1) early += event.key;
    else if (event.key !== "Enter") return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  document.addEventListener("htmx:afterSettle", (event) => {
    if (early === null || event.detail.target.id !== "dialog-body") return;
    const text = early;
    early = null;
    window.setTimeout(() => { // after whoever gives the field its focus
      const field = document.activeElement;
      if (!text || !field?.matches?.("dialog[open] input:not([type=checkbox]):not([type=radio]), dialog[open] textarea")) return;
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });

  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) document.addEventListener(name, () => { early = null; });

  function mayListen(event) {
    if (root.dataset.hotkeys === "off" || event.defaultPrevented) return false;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return false;
    if (event.target.closest?.("input, select, textarea, [contenteditable], [role=combobox]")) return false;
    return !document.querySelector("dialog[open]");
  }

  // Later in the document wins: a page may take a global key for itself.
  function bound() {
    const keys = new Map();
    const globals = document.querySelectorAll('[data-hotkey][data-hotkey-scope="global"]');
    const own = document.querySelectorAll('[data-hotkey]:not([data-hotkey-scope="global"])');
    for (const element of [...globals, ...own]) keys.set(element.dataset.hotkey, element);
    return keys;
  }

  function act(element) {
    if (element.matches("input, select, textarea")) { element.focus(); element.select?.(); }
    else { waitFor(element); element.click(); }
  }

  document.addEventListener("keydown", (event) => {
    if (!mayListen(event) || event.key.length > 1) return;
    if (event.key === "?") { event.preventDefault(); help(); return; }
    typed.push(event.key.toLowerCase());
    window.clearTimeout(timer);
    timer = window.setTimeout(() => { typed = []; }, SEQUENCE_MS);
    const keys = bound();
    const whole = typed.join(" ");
    if (keys.has(whole)) {
      event.preventDefault();
      typed = [];
      act(keys.get(whole));
    } else if (![...keys.keys()].some((key) => key.startsWith(`${whole} `))) {
      typed = [];
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
    const primary = document.querySelector("dialog[open] [type=submit].btn-primary, main [data-primary], main [type=submit].btn-primary");
    if (!primary) return;
    event.preventDefault();
    primary.click();
  });

  function line(list, keys, label) {
    const term = document.createElement("dt");
    const said = document.createElement("dd");
    keys.split(" ").forEach((key, index) => {
      if (index) term.append(` ${words().then || "then"} `);
      const cap = document.createElement("kbd");
      cap.textContent = key;
      term.append(cap);
    });
    said.textContent = label;
    list.append(term, said);
  }

  function help() {
    const dialog = document.querySelector("#hotkeys-dialog");
    if (!dialog || dialog.open) return;
    const lists = { global: dialog.querySelector('[data-hotkeys-list="global"]'), page: dialog.querySelector('[data-hotkeys-list="page"]') };
    lists.global.replaceChildren();
    lists.page.replaceChildren();
    if (document.querySelector("#palette")) line(lists.global, "/", words().palette);
    line(lists.global, "?", words().help);
    for (const [keys, element] of bound()) {
      line(lists[element.dataset.hotkeyScope === "global" ? "global" : "page"], keys, element.dataset.hotkeyLabel || element.textContent.trim());
    }
    if (document.querySelector("[data-list]")) {
      for (const [key, said] of [["j", "rowDown"], ["k", "rowUp"], ["x", "rowSelect"], ["Enter", "rowOpen"], ["f", "rowFilter"]]) line(lists.page, key, words()[said]);
    }
    if (!lists.page.childElementCount) line(lists.page, "–", words().none);
    dialog.showModal();
  }

  root.addEventListener("hotkeys:help", help);
})();
