// Lists: ticking rows, moving among them by key, the bar of bulk actions, columns and density.
// A list is <div data-list> around a table whose rows carry data-row="<id>" and data-href.
(function () {
  "use strict";
  const root = document.documentElement;
  const list = () => document.querySelector("[data-list]");
  const rows = () => [...(list()?.querySelectorAll("[data-row]") || [])];
  const box = (row) => row.querySelector("input[type=checkbox][name=ids]");
  let last = null;
  let allMatching = false;

  function refresh() {
    const place = list();
    if (!place) return;
    const ticked = rows().filter((row) => box(row)?.checked);
    rows().forEach((row) => row.classList.toggle("is-selected", Boolean(box(row)?.checked)));
    const head = place.querySelector("[data-tick-all]");
    if (head) {
      head.checked = ticked.length > 0 && ticked.length === rows().length;
      head.indeterminate = ticked.length > 0 && !head.checked;
    }
    if (!head?.checked) allMatching = false;
    const bar = document.querySelector("[data-bulk]");
    if (!bar) return;
    bar.hidden = ticked.length === 0;
    const whole = bar.querySelector("[data-bulk-all]");
    bar.querySelector("[data-bulk-count]").textContent = allMatching ? whole.dataset.total : String(ticked.length);
    if (whole) whole.hidden = !head?.checked || allMatching || Number(whole.dataset.total) <= rows().length;
  }

  function tick(row, on, isRange) {
    const all = rows();
    const from = last ? all.indexOf(last) : -1;
    const to = all.indexOf(row);
    const span = isRange && from >= 0 ? all.slice(Math.min(from, to), Math.max(from, to) + 1) : [row];
    span.forEach((one) => { if (box(one)) box(one).checked = on; });
    last = row;
    refresh();
  }

  document.addEventListener("click", (event) => {
    const tickbox = event.target.closest("[data-list] input[name=ids]");
    if (tickbox) tick(tickbox.closest("[data-row]"), tickbox.checked, event.shiftKey);
    else if (event.target.closest("[data-tick-all]")) { const on = event.target.checked; rows().forEach((row) => { if (box(row)) box(row).checked = on; }); refresh(); }
    else if (event.target.closest("[data-bulk-clear]")) { allMatching = false; rows().forEach((row) => { if (box(row)) box(row).checked = false; }); refresh(); }
    else if (event.target.closest("[data-bulk-all]")) { allMatching = true; refresh(); }
    else if (event.target.closest("[data-bulk-url]")) bulk(event.target.closest("[data-bulk-url]").dataset.bulkUrl);
  });

  // The question comes as a form in the dialog; it repeats the ids, or the filters when all match.
  function bulk(url) {
    const values = allMatching
      ? { all: "1", filters: window.location.search.slice(1) }
      : { ids: rows().filter((row) => box(row)?.checked).map((row) => row.dataset.row) };
    window.htmx?.ajax("GET", url, { target: "#dialog-body", values });
  }

  // --- Keys ------------------------------------------------------------------------------------

  const here = () => list()?.querySelector(".is-here");

  function go(step) {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(here());
    const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    here()?.classList.remove("is-here");
    next.classList.add("is-here");
    next.setAttribute("tabindex", "-1");
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", (event) => {
    if (!list() || root.dataset.hotkeys === "off" || event.defaultPrevented) return;
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest?.("input:not([type=checkbox]), select, textarea, [contenteditable]")) return;
    if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (event.key === "x" && here() && box(here())) tick(here(), !box(here()).checked, false);
    else if (event.key === "Enter" && here() && event.target === here()) open(here());
    else if (event.key === " " && here() && event.target === here() && list().dataset.peek) peek(here());
    else if (event.key === "f") document.querySelector("[data-list-filter]")?.focus();
    else return;
    event.preventDefault();
  });

  // A look at the row in a drawer: its own address and the step the list names.
  function peek(row) {
    const link = row.querySelector("a[data-row-link]");
    if (link) window.htmx?.ajax("GET", link.pathname + list().dataset.peek, { target: "#dialog-body" });
  }

  function open(row) {
    const link = row.querySelector("a[data-row-link]") || row.querySelector("a[href]");
    if (link) link.click();
  }

  // A click on the row's empty part opens it too; links, buttons and selected text keep their own.
  document.addEventListener("dblclick", (event) => {
    const row = event.target.closest("[data-list] [data-row]");
    if (row && !event.target.closest("a, button, input, label, select")) open(row);
  });

  // --- Columns and density ---------------------------------------------------------------------

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-columns]");
    if (!form) return;
    if (event.target.name === "density") root.dataset.density = event.target.value;
    fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Requested-With": "fetch" } })
      .then((answer) => { if (answer.ok && event.target.name !== "density") window.htmx?.ajax("GET", window.location.href, { target: form.dataset.columns || "#list" }); });
  });

  // --- The menu of a row: at its kebab, flipped up where there is no room below -------------------

  let menu = null;

  function rowMenu() {
    if (menu) return menu;
    menu = document.createElement("div");
    menu.className = "row-menu";
    menu.setAttribute("popover", "auto");
    document.body.append(menu);
    menu.addEventListener("keydown", (event) => {
      const items = [...menu.querySelectorAll("[role=menuitem]")];
      const at = items.indexOf(document.activeElement);
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      items[(at + step + items.length) % items.length]?.focus();
    });
    menu.addEventListener("click", (event) => { if (event.target.closest("[role=menuitem]")) menu.hidePopover(); });
    return menu;
  }

  async function openMenu(kebab) {
    const place = rowMenu();
    const answer = await fetch(kebab.dataset.rowMenu, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
    if (!answer.ok) { window.location.assign(kebab.href); return; }
    place.innerHTML = await answer.text();
    window.htmx?.process(place);
    place.showPopover();
    const at = kebab.getBoundingClientRect();
    const below = at.bottom + place.offsetHeight + 8 < window.innerHeight;
    place.style.setProperty("top", `${below ? at.bottom + 4 : Math.max(8, at.top - place.offsetHeight - 4)}px`);
    place.style.setProperty("left", `${Math.max(8, at.right - place.offsetWidth)}px`);
    place.querySelector("[role=menuitem]")?.focus();
    place.addEventListener("toggle", (event) => { if (event.newState === "closed" && place.contains(document.activeElement)) kebab.focus(); }, { once: true });
  }

  document.addEventListener("click", (event) => {
    const kebab = event.target.closest?.("[data-row-menu]");
    if (!kebab || event.ctrlKey || event.metaKey || event.shiftKey || !document.body.showPopover) return;
    event.preventDefault();
    openMenu(kebab);
  });

  // --- Adding a filter --------------------------------------------------------------------------

  document.addEventListener("toggle", async (event) => {
    const adding = event.target;
    if (!adding.matches?.("[data-filter-add]") || !adding.open) return;
    const place = adding.querySelector("[data-filter-place]");
    if (!place.childElementCount && adding.dataset.fetch) {
      const answer = await fetch(adding.dataset.fetch, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
      if (!answer.ok) { window.location.assign(adding.dataset.fetch); return; }
      place.innerHTML = await answer.text();
    }
    place.querySelector('.filter-name[aria-selected="true"]')?.focus();
  }, true);

  document.addEventListener("click", (event) => {
    const sheet = event.target.closest?.("[data-filter-sheet]");
    const open = document.querySelector("[data-filter-add][open]");
    if (open && !open.contains(event.target)) open.removeAttribute("open");
    if (!sheet) return;
    const name = event.target.closest(".filter-name");
    if (event.target.closest("[data-filter-close]")) { open?.removeAttribute("open"); open?.querySelector("summary").focus(); }
    else if (event.target.closest("[data-filter-more]")) { sheet.querySelectorAll(".filter-name[hidden]").forEach((one) => { one.hidden = false; }); event.target.closest("[data-filter-more]").remove(); }
    else if (name) showPane(sheet, name);
  });

  function showPane(sheet, name) {
    sheet.querySelectorAll(".filter-name").forEach((one) => one.setAttribute("aria-selected", String(one === name)));
    sheet.querySelectorAll(".filter-pane").forEach((pane) => pane.classList.toggle("is-shown", pane.id === name.getAttribute("aria-controls")));
  }

  document.addEventListener("keydown", (event) => {
    const open = document.querySelector("[data-filter-add][open]");
    if (!open) return;
    const names = [...open.querySelectorAll(".filter-name:not([hidden])")];
    const at = names.indexOf(document.activeElement);
    if (event.key === "Escape") { open.removeAttribute("open"); open.querySelector("summary").focus(); }
    else if (at >= 0 && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const next = names[(at + (event.key === "ArrowDown" ? 1 : -1) + names.length) % names.length];
      next.focus();
      if (next.hasAttribute("aria-controls")) showPane(open, next);
    }
  });

  // What was left open to its default asks nothing: the address holds what was chosen, no more.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches?.("[data-filter-sheet]")) return;
    for (const field of event.target.elements) if (field.name && !field.value) field.disabled = true;
  });

  // --- Choosing on a phone: a long press begins it ------------------------------------------------

  let press = 0;
  document.addEventListener("touchstart", (event) => {
    const row = event.target.closest?.(".list-table [data-row]");
    if (!row || !box(row)) return;
    press = window.setTimeout(() => { row.closest(".list-table").classList.add("is-choosing"); tick(row, true, false); }, 500);
  }, { passive: true });
  for (const name of ["touchend", "touchmove", "touchcancel"]) document.addEventListener(name, () => window.clearTimeout(press), { passive: true });

  document.addEventListener("htmx:afterSettle", (event) => {
    if (!list() || !(event.detail.target.contains(list()) || list().contains(event.detail.target))) return;
    last = null;
    allMatching = false;
    refresh();
    const said = list().dataset.announce || list().querySelector("[data-announce]")?.dataset.announce;
    if (said) window.ispbill?.announce(said);
  });

  document.addEventListener("live:renewed", refresh);

  refresh();
})();

// A day is shown as everywhere else ("05 Jan 2026"), never in the browser's own order of figures.
// The control stays the browser's: its calendar and its keys; only what stands there at rest is ours.
(function () {
  "use strict";
  const words = () => (document.querySelector("#ui-words") || { dataset: {} }).dataset;

  function said(value) {
    const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
    const { months, digits, noDay } = words();
    if (!match || !months) return noDay || "";
    const isBangla = document.documentElement.lang === "bn";
    const text = `${isBangla ? Number(match[3]) : match[3]} ${months.split(" ")[match[2] - 1]} ${match[1]}`;
    return digits ? text.replace(/\d/g, (digit) => digits[Number(digit)]) : text;
  }

  function say(input) { input.dataset.said = said(input.value); }

  function sayAll(within) {
    for (const input of within.querySelectorAll("input[type=date]")) say(input);
  }

  // Behind the control's own colours the words would be read twice: CSS hides the browser's at rest.
  for (const event of ["input", "change", "focusout"]) {
    document.addEventListener(event, (happened) => { if (happened.target.matches?.("input[type=date]")) say(happened.target); });
  }
  document.addEventListener("reset", (happened) => window.setTimeout(() => sayAll(happened.target)));
  for (const event of ["htmx:load", "live:renewed"]) document.addEventListener(event, (happened) => sayAll(happened.detail?.elt || happened.detail?.target || document));
  sayAll(document);
})();
