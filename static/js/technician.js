// The technician's app on every page: the shell kept on the phone, the connection, the way out.
(() => {
  "use strict";
  const pill = document.getElementById("sync-pill");
  const words = pill && pill.querySelector("[data-sync-words]");
  const show = () => {
    if (!pill || window.field?.parts) return;
    const state = navigator.onLine ? "online" : "offline";
    pill.dataset.state = state;
    words.textContent = pill.dataset[state];
  };
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register("/technician/sw.js", { scope: "/technician/" });
    navigator.serviceWorker.ready.then((registration) => registration.active.postMessage("keep"));
  }

  // A page left before the answer came has not heard it: every page of the app sends what waits.
  if (window.field && !window.field.parts) window.field.send.now();

  // Out only after what waits has been sent, or after its number was typed: it would be lost.
  async function leave(form) {
    const { store, send, phone } = window.field || {};
    if (store) {
      await send.now();
      const acts = (await store.all("actions")).filter((one) => one.state === "new" || one.state === "gone");
      const waiting = [...acts, ...(await store.all("files")).filter((one) => one.isAnnounced && !one.why)];
      if (waiting.some((one) => one.kind === "payment")) {
        window.alert(form.dataset.money);
        return;
      }
      if (waiting.length) {
        const typed = window.prompt(form.dataset.leave.replace("%s", waiting.length));
        if ((typed || "").trim() !== String(waiting.length)) return;
      }
      const secret = await phone.secret();
      await store.wipe();
      await phone.left(secret);
    }
    navigator.serviceWorker?.controller?.postMessage("forget");
    form.submit();
  }
  document.querySelectorAll("form[data-sign-out]").forEach((form) => {
    form.addEventListener("submit", (event) => { event.preventDefault(); leave(form); });
  });
})();
