// The cash desk: search, arrows, Enter, Enter. Everything here only saves keys; the forms work without it.
(function () {
  "use strict";
  const $ = (selector, within) => (within || document).querySelector(selector);
  const desk = (element) => element.closest?.("[data-desk]");
  const field = (place) => $("[data-desk-search] input[type=search]", place);
  let goOn = false; // Enter was pressed before the hits had come

  // --- Finding ---------------------------------------------------------------------------------

  document.addEventListener("keydown", (event) => {
    const input = event.target.closest?.("[data-desk-search] input[type=search]");
    if (!input) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") move(event, input);
    else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) enter(event, input);
    else if (event.key === "Escape" && input.value) { event.preventDefault(); event.stopPropagation(); startOver(desk(input)); }
  }, true);

  function options(place) {
    return [...place.querySelectorAll("[data-desk-hits] [role=option]")];
  }

  function chosen(place) {
    return $("[data-desk-hits] [aria-selected=true]", place);
  }

  function choose(place, option) {
    for (const one of options(place)) one.setAttribute("aria-selected", String(one === option));
    field(place)?.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function move(event, input) {
    const place = desk(input);
    const all = options(place);
    if (!all.length) return;
    event.preventDefault();
    const at = all.indexOf(chosen(place)) + (event.key === "ArrowDown" ? 1 : -1);
    choose(place, all[(at + all.length) % all.length]);
  }

  function enter(event, input) {
    const place = desk(input);
    const hits = $("[data-desk-hits]", place);
    if (!window.htmx) return;
    if (!hits || hits.dataset.query.trim() !== input.value.trim()) { goOn = true; return; }
    event.preventDefault();
    toAmount(place);
  }

  // The chosen hit's form is either there already, or asked for; then the amount has the focus.
  function toAmount(place) {
    goOn = false;
    const hit = chosen(place);
    const card = $("[data-desk-card]", place);
    if (!hit || (card && card.dataset.deskCard === hit.dataset.customer)) focusAmount(place);
    else { place.dataset.toAmount = ""; hit.click(); }
  }

  function focusAmount(place) {
    const amount = $("[data-desk-form] [name=amount]", place);
    if (!amount) return;
    amount.focus();
    amount.select();
  }

  document.addEventListener("click", (event) => {
    const hit = event.target.closest("[data-desk-hits] [role=option]");
    if (hit && desk(hit)) { choose(desk(hit), hit); desk(hit).dataset.toAmount = ""; }
  }, true);

  function startOver(place) {
    const input = field(place);
    if (!input) return;
    input.value = "";
    for (const found of place.querySelectorAll("[id$='-found']")) found.replaceChildren();
    input.setAttribute("aria-expanded", "false");
    input.focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !$("dialog[open]")) {
      const place = $("main [data-desk]");
      if (place && place.contains(event.target)) startOver(place);
    }
    if (event.key === "p" && (event.ctrlKey || event.metaKey)) {
      const last = $("[data-desk] [data-print-receipt]");
      if (last) { event.preventDefault(); last.click(); }
    }
  });

  // --- The amount: chips, credit, change -------------------------------------------------------

  // Nothing typed, or what the server will have to judge, is null here.
  const cents = (text) => (text.trim() === "" ? null : window.ispbill.money.cents(text));

  function say(form, kind, amount) {
    const box = $(`[data-${kind}]`, form);
    if (!box) return;
    const words = $(`[data-${kind}-words]`, box);
    box.hidden = !(amount > 0);
    words.textContent = amount > 0 ? words.getAttribute(`data-${kind}-words`).replace("{amount}", window.ispbill.money.written(amount, JSON.parse(form.dataset.money))) : "";
  }

  function reckon(form) {
    const amount = cents(form.elements.amount.value);
    const due = cents(form.dataset.due);
    const isCash = $("[name=method]:checked", form)?.value === "CASH";
    const tendered = cents(form.elements.tendered?.value || "");
    const cash = $("[data-cash-only]", form);
    if (cash) cash.hidden = !isCash;
    say(form, "credit", amount === null ? 0 : amount - due);
    say(form, "change", isCash && amount !== null && tendered !== null ? tendered - amount : 0);
  }

  document.addEventListener("input", (event) => { const form = event.target.closest?.("[data-desk-form]"); if (form) reckon(form); });
  document.addEventListener("change", (event) => { const form = event.target.closest?.("[data-desk-form]"); if (form) reckon(form); });

  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-desk-form] [data-fill]");
    if (!chip) return;
    const form = chip.closest("form");
    form.elements.amount.value = chip.dataset.fill.replace(/\.00$/, "");
    reckon(form);
    form.elements.amount.focus();
    form.elements.amount.select();
  });

  // --- After a swap ----------------------------------------------------------------------------

  function wake(within) {
    for (const hidden of within.querySelectorAll("[data-desk] [data-needs-script], [data-needs-script]")) hidden.hidden = false;
    for (const form of within.querySelectorAll("[data-desk-form]")) reckon(form);
    for (const undo of within.querySelectorAll("[data-undo]")) count(undo);
  }

  function count(form) {
    if (form.dataset.counting) return;
    form.dataset.counting = "yes";
    const until = Date.now() + Number(form.dataset.undo) * 1000;
    const left = $("[data-undo-left]", form);
    const timer = window.setInterval(() => {
      const seconds = Math.ceil((until - Date.now()) / 1000);
      if (!form.isConnected || seconds <= 0) { window.clearInterval(timer); form.remove(); return; }
      left.textContent = `${seconds} s`;
    }, 500);
  }

  document.addEventListener("htmx:afterSettle", (event) => {
    const target = event.detail.target;
    const place = desk(target) || (target.id === "dialog-body" ? $("[data-desk]", target) : null);
    if (!place) return;
    wake(place);
    const input = field(place);
    input?.setAttribute("aria-expanded", String(options(place).length > 0));
    if ($("[data-desk-done]", place)) {
      if (input) { input.value = ""; input.focus(); }
      window.ispbill?.announce($("[data-desk-done] h2", place)?.textContent.trim() || "");
      return;
    }
    const hits = $("[data-desk-hits]", place);
    if (goOn && hits) toAmount(place);
    else if ("toAmount" in place.dataset || (!input && target.id === "dialog-body")) focusAmount(place);
    delete place.dataset.toAmount;
  });

  wake(document);
  const opened = $("main [data-desk]");
  if (opened) {
    if ($("[data-desk-done]", opened)) field(opened)?.focus();
    else if ($("[data-desk-card]", opened) && options(opened).length < 2) focusAmount(opened);
    else field(opened)?.focus();
  }
})();
