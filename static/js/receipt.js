// A receipt opened to be printed goes straight to the print dialog.
(function () {
  "use strict";
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
    const link = event.target.closest("[data-share]");
    if (!link || !(navigator.share || navigator.clipboard)) return;
    event.preventDefault();
    if (navigator.share) navigator.share({ title: link.dataset.share, url: link.href }).catch(() => { /* closed again */ });
    else navigator.clipboard.writeText(link.href).then(() => { link.textContent = link.dataset.copied; });
  });
  if (document.body.hasAttribute("data-print-now")) window.addEventListener("load", () => window.print());
})();
