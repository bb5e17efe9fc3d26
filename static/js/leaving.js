// A simulated gateway sends the customer back to the merchant; without scripts a button does.
(function () {
  "use strict";
  const form = document.querySelector("form[data-leaving]");
  if (form) form.submit();
})();
