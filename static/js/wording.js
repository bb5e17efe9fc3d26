// The placeholder picker: a button puts its placeholder where the cursor was; so does a chosen
// picture, as an <img> that carries its bytes along.
(function () {
  "use strict";
  const form = document.getElementById("wording");
  if (!form) return;
  const fields = "textarea, input[name=subject]";
  let place = form.querySelector("textarea");

  form.addEventListener("focusin", (event) => {
    if (event.target.matches(fields)) place = event.target;
  });

  function put(text) {
    if (!place) return;
    place.setRangeText(text, place.selectionStart, place.selectionEnd, "end");
    place.focus();
    place.dispatchEvent(new Event("input", { bubbles: true }));
  }

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    if (button) put(button.dataset.insert);
  });

  form.addEventListener("change", (event) => {
    const input = event.target.closest("[data-picture]");
    const file = input && input.files[0];
    if (!file) return;
    const isFit = /^image\/(png|jpeg)$/.test(file.type) && file.size <= Number(input.dataset.picture);
    input.setCustomValidity(isFit ? "" : input.dataset.refusal);
    input.reportValidity();
    if (!isFit) return;
    const reader = new FileReader();
    reader.onload = () => put(`<img src="${reader.result}" alt="">`);
    reader.readAsDataURL(file);
    input.value = "";
  });
})();
