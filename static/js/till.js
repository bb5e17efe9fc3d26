// Counting a drawer: the sum and the difference as one types. The form works without it.
(function () {
  "use strict";
  const $ = (selector, within) => within.querySelector(selector);
  const { cents, latin, written } = window.ispbill.money;

  function reckon(form) {
    const style = JSON.parse(form.dataset.money);
    let sum = cents(form.elements.loose.value);
    let isTouched = form.elements.loose.value.trim() !== "";
    for (const field of form.querySelectorAll("[data-piece]")) {
      const many = field.value.trim();
      isTouched = isTouched || many !== "";
      const count = /^\d{1,5}$/.test(latin(many)) ? Number(latin(many)) : 0;
      const worth = Math.round(Number(field.dataset.piece) * 100) * count;
      const shown = $("[data-piece-sum]", field.closest(".count-row"));
      if (shown) shown.textContent = worth ? written(worth, style) : "";
      if (sum !== null) sum += worth;
    }
    const difference = sum === null ? null : sum - cents(form.dataset.expected);
    const total = $("[data-count-total]", form);
    total.hidden = sum === null;
    if (sum !== null) $("[data-counted]", total).textContent = written(sum, style);
    $("[data-even]", form).hidden = !isTouched || difference !== 0;
    const uneven = $("[data-uneven]", form);
    uneven.hidden = !isTouched || !difference;
    if (difference) {
      const words = $("[data-missing]", uneven);
      words.textContent = words.getAttribute(difference < 0 ? "data-missing" : "data-over").replace("{amount}", written(Math.abs(difference), style));
    }
    const reason = $("[data-reason]", form);
    reason.hidden = !difference && !$(".has-error", reason);
  }

  for (const form of document.querySelectorAll("[data-count]")) {
    reckon(form);
    form.addEventListener("input", () => reckon(form));
  }
})();
