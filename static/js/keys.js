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
    } else {
      document.querySelector(`[data-hotkey-menu="${CSS.escape(whole)}"]`)?.setAttribute("open", "");
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

  // The entry of the page is in view, however long the menu has grown.
  document.querySelector('.sidebar [aria-current="page"]')?.scrollIntoView({ block: "nearest" });
})();
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

// What a menu counts is fetched after the page, quietly: nobody who moves on is told that it failed.
(function () {
  "use strict";
  const places = [...document.querySelectorAll("[data-fetch-once]")];
  for (const source of new Set(places.map((place) => place.dataset.liveFrom))) {
    fetch(source, { headers: { "X-Live": "1" }, credentials: "same-origin", redirect: "manual" })
      .then((answer) => (answer.status === 200 ? answer.text() : ""))
      .then((html) => {
        const shown = new DOMParser().parseFromString(html, "text/html");
        for (const place of places) {
          const fresh = place.dataset.liveFrom === source && shown.getElementById(place.id);
          if (fresh) place.replaceWith(fresh);
        }
      })
      .catch(() => {});
  }
})();
