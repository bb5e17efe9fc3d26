// Notifications on this device: <section data-push data-home="/portal/" data-key data-keep> shows one of
// its [data-push-state] parts. Permission is asked for by the press of the button, never before.
(() => {
  "use strict";
  const part = document.querySelector("[data-push]");
  if (!part) return;
  const { home, key, keep } = part.dataset;
  const error = part.querySelector("[data-push-error]");
  const token = part.querySelector("input[name=csrfmiddlewaretoken]").value;
  const isApple = /iPhone|iPad/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);

  const show = (state) => {
    part.querySelectorAll("[data-push-state]").forEach((one) => { one.hidden = one.dataset.pushState !== state; });
    part.dataset.state = state;
  };
  const say = (words) => { error.textContent = words; error.hidden = !words; };
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  async function lineOf(subscription) {
    const found = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(subscription.endpoint));
    const mark = [...new Uint8Array(found)].map((one) => (one + 256).toString(16).slice(1)).join("").slice(0, 24);
    return document.querySelector(`[data-push-mark="${mark}"]`);
  }

  async function worker() {
    const registration = await navigator.serviceWorker.register(`${home}sw.js`, { scope: home });
    const young = registration.installing || registration.waiting;
    if (!registration.active && young) {
      await new Promise((done) => young.addEventListener("statechange", () => { if (young.state === "activated") done(); }));
    }
    return registration;
  }

  async function look() {
    if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window) || !crypto.subtle) {
      return show(isApple && !navigator.standalone ? "ios" : "unsupported");
    }
    if (Notification.permission === "denied") return show("blocked");
    const registration = await navigator.serviceWorker.getRegistration(home);
    const subscription = registration && await registration.pushManager.getSubscription();
    const line = subscription && await lineOf(subscription);
    show(line && Notification.permission === "granted" ? "on" : "off");
  }

  async function switchOn() {
    say("");
    if (await Notification.requestPermission() !== "granted") return look();
    const { pushManager } = await worker();
    const old = await pushManager.getSubscription();
    // One made with keys that were replaced since reaches nobody.
    if (old && text(old.options.applicationServerKey) !== key) await old.unsubscribe();
    const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
    const keys = made.toJSON().keys;
    const answer = await fetch(keep, {
      method: "POST",
      headers: { "X-CSRFToken": token },
      body: new URLSearchParams({ endpoint: made.endpoint, p256dh: keys.p256dh, auth: keys.auth }),
    });
    if (answer.ok) return location.reload();
    await made.unsubscribe();
    const told = await answer.json().catch(() => ({}));
    say(told.error || error.dataset.failed);
  }

  async function switchOff() {
    const registration = await navigator.serviceWorker.getRegistration(home);
    const subscription = registration && await registration.pushManager.getSubscription();
    const line = subscription && await lineOf(subscription);
    if (subscription) await subscription.unsubscribe();
    const form = line && line.querySelector("form[action$='/remove/']");
    if (form) form.submit(); else look();
  }

  const press = (name, act) => {
    const button = part.querySelector(name);
    button.addEventListener("click", async () => {
      button.disabled = true;
      try { await act(); } catch (_failure) { say(error.dataset.failed); }
      button.disabled = false;
    });
  };
  press("[data-push-on]", switchOn);
  press("[data-push-off]", switchOff);
  look().catch(() => show("unsupported"));
})();
