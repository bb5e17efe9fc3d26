// Counting a drawer: the sum and the difference as one types. The form works without it.
(function () {
  "use strict";
  const $ = (selector, within) => within.querySelector(selector);
  const BANGLA = "০১২৩৪৫৬৭৮৯";

  const latin = (text) => [...text].map((sign) => (BANGLA.includes(sign) ? String(BANGLA.indexOf(sign)) : sign)).join("");

  // Whole cents, or null for what the server will have to judge.
  function cents(text) {
    const tidy = latin(text).replace(/[\s,\u00a0\u202f]/g, "");
    if (tidy === "") return 0;
    const match = /^(\d{1,9})(?:\.(\d{0,2}))?$/.exec(tidy);
    return match ? Number(match[1]) * 100 + Number((match[2] || "").padEnd(2, "0")) : null;
  }

  function written(amount, symbol) {
    const part = amount % 100;
    const whole = Math.floor(amount / 100).toLocaleString("en-IN");
    return `${symbol}\u202f${whole}${part ? `.${String(part).padStart(2, "0")}` : ""}`;
  }

  function reckon(form) {
    const symbol = form.dataset.symbol;
    let sum = cents(form.elements.loose.value);
    let isTouched = form.elements.loose.value.trim() !== "";
    for (const field of form.querySelectorAll("[data-piece]")) {
      const many = field.value.trim();
      isTouched = isTouched || many !== "";
      const count = /^\d{1,5}$/.test(latin(many)) ? Number(latin(many)) : 0;
      const worth = Math.round(Number(field.dataset.piece) * 100) * count;
      const shown = $("[data-piece-sum]", field.closest(".count-row"));
      if (shown) shown.textContent = worth ? written(worth, symbol) : "";
      if (sum !== null) sum += worth;
    }
    const difference = sum === null ? null : sum - cents(form.dataset.expected);
    const total = $("[data-count-total]", form);
    total.hidden = sum === null;
    if (sum !== null) $("[data-counted]", total).textContent = written(sum, symbol);
    $("[data-even]", form).hidden = !isTouched || difference !== 0;
    const uneven = $("[data-uneven]", form);
    uneven.hidden = !isTouched || !difference;
    if (difference) {
      const words = $("[data-missing]", uneven);
      words.textContent = words.getAttribute(difference < 0 ? "data-missing" : "data-over").replace("{amount}", written(Math.abs(difference), symbol));
    }
    const reason = $("[data-reason]", form);
    reason.hidden = !difference && !$(".has-error", reason);
  }

  for (const form of document.querySelectorAll("[data-count]")) {
    reckon(form);
    form.addEventListener("input", () => reckon(form));
  }
})();
