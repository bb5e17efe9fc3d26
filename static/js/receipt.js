// A receipt opened to be printed goes straight to the print dialog.
(function () {
  "use strict";
  document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });
  if (document.body.hasAttribute("data-print-now")) window.addEventListener("load", () => window.print());
})();
