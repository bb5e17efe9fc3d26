// A canned reply goes into the answer, a colleague into the note; what was written stays above.
(() => {
  "use strict";
  document.addEventListener("change", (event) => {
    const choice = event.target.closest?.("[data-canned]");
    const field = choice && document.getElementById(choice.dataset.canned);
    if (!field || !choice.value) return;
    const gap = "inline" in choice.dataset ? " " : "\n\n";
    field.value = field.value.trim() ? `${field.value.trimEnd()}${gap}${choice.value}` : choice.value;
    choice.value = "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
})();
