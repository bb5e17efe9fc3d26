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
