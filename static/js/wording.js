// The placeholder picker: a button puts its placeholder where the cursor was.
(function () {
  "use strict";
  const form = document.getElementById("wording");
  if (!form) return;
  const fields = "textarea, input[name=subject]";
  let place = form.querySelector("textarea");

  form.addEventListener("focusin", (event) => {
    if (event.target.matches(fields)) place = event.target;
  });

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    if (!button || !place) return;
    place.setRangeText(button.dataset.insert, place.selectionStart, place.selectionEnd, "end");
    place.focus();
    place.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
