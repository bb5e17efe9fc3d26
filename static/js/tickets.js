// A canned reply goes into the answer; what was written before it stays above.
(() => {
  "use strict";
  document.addEventListener("change", (event) => {
    const choice = event.target.closest?.("[data-canned]");
    const field = choice && document.getElementById(choice.dataset.canned);
    if (!field || !choice.value) return;
    field.value = field.value.trim() ? `${field.value.trimEnd()}\n\n${choice.value}` : choice.value;
    choice.value = "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
})();
