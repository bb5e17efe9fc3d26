// The technician's app: keeps the shell on the phone and says whether there is a connection.
(() => {
  "use strict";
  const pill = document.getElementById("sync-pill");
  const words = pill && pill.querySelector("[data-sync-words]");
  const show = () => {
    if (!pill) return;
    const state = navigator.onLine ? "online" : "offline";
    pill.dataset.state = state;
    words.textContent = pill.dataset[state];
    document.querySelectorAll("[data-kept-copy]").forEach((note) => { note.hidden = navigator.onLine; });
  };
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register("/technician/sw.js", { scope: "/technician/" });
  document.querySelectorAll("form[data-sign-out]").forEach((form) => {
    form.addEventListener("submit", () => {
      if (navigator.serviceWorker.controller) navigator.serviceWorker.controller.postMessage("forget");
    });
  });
})();
