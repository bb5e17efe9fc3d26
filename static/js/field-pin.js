// The lock of the app: a PIN on the phone itself, asked for when the app is opened and after five
// minutes away. It keeps eyes off, and hides nothing from who holds the disk: for that there is
// the end of a lost phone. Who must have one is a setting; everybody may.
(() => {
  "use strict";
  const { store, parts } = window.field;
  if (!parts) return;
  const { h, icon, say, labelled, root } = parts;
  const USER = Number(root.dataset.user);
  const KEY = `pin:${USER}`;
  const OPEN = "field-open";
  const AWAY_MS = 5 * 60 * 1000;
  const FREE_TRIES = 5;
  const FIRST_WAIT_MS = 30 * 1000;
  const ROUNDS = 100000;
  let shown = null;
  let wanted = false; // a technician's own wish to set one
  let hiddenAt = 0;

  const hex = (bytes) => [...new Uint8Array(bytes)].map((one) => (one + 256).toString(16).slice(1)).join("");

  async function digest(pin, salt) {
    const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
    return hex(await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: new TextEncoder().encode(salt), iterations: ROUNDS }, key, 256));
  }

  const isOpen = () => sessionStorage.getItem(OPEN) === String(USER);

  // What is to be asked before anything is shown: "set", "enter" or nothing.
  async function need() {
    if (!crypto.subtle) return "";
    const known = await store.fact(KEY);
    if (known) return isOpen() ? "" : "enter";
    return root.dataset.pin || wanted ? "set" : "";
  }

  async function keep(pin) {
    const salt = crypto.randomUUID();
    await store.note(KEY, { salt, digest: await digest(pin, salt), tries: 0, until: 0 });
  }

  // Returns what is wrong, or "": each wrong one after the fifth costs twice the time.
  async function check(pin) {
    const known = await store.fact(KEY);
    if (Date.now() < known.until) return say("pin_wait", Math.ceil((known.until - Date.now()) / 1000));
    if (known.digest === await digest(pin, known.salt)) {
      await store.note(KEY, { ...known, tries: 0, until: 0 });
      return "";
    }
    const tries = known.tries + 1;
    const more = tries - FREE_TRIES;
    await store.note(KEY, { ...known, tries, until: more < 0 ? 0 : Date.now() + FIRST_WAIT_MS * 2 ** Math.min(more, 7) });
    return say("pin_wrong");
  }

  function page(kind, again) {
    const field = (autocomplete) => h("input", { class: "form-control", type: "password", inputmode: "numeric", pattern: "[0-9]{4,6}", minlength: 4, maxlength: 6, required: true, autocomplete });
    const pin = field("off");
    const repeated = field("off");
    const wrong = h("p", { class: "tone-text-danger", role: "alert" });
    const press = h("button", { class: "btn btn-primary btn-block btn-lg", type: "submit" }, say(kind === "set" ? "send" : "open"));
    const form = h("form", { class: "card is-padded form-stack" }, h("h1", {}, icon("lock"), " ", say(kind === "set" ? "pin_set" : "pin_enter")),
      h("p", { class: "form-hint" }, say(kind === "set" ? "pin_set_hint" : "pin_enter_hint")), labelled(say("pin"), pin),
      kind === "set" && labelled(say("pin_again"), repeated), wrong, press,
      kind === "enter" && h("p", {}, h("a", { href: "/technician/me/" }, say("pin_forgotten"))));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (kind === "set" && pin.value !== repeated.value) { wrong.textContent = say("pin_differs"); return; }
      wrong.textContent = "";
      press.disabled = true; // one try after the other
      wrong.textContent = kind === "set" ? "" : await check(pin.value);
      press.disabled = false;
      pin.value = "";
      if (wrong.textContent) { pin.focus(); return; }
      if (kind === "set") await keep(repeated.value);
      sessionStorage.setItem(OPEN, String(USER));
      wanted = false;
      shown = null;
      again();
    });
    shown = { kind, form };
    return form;
  }

  // Puts the lock in place of everything else; returns whether it did.
  async function guard(again) {
    const kind = await need();
    if (!kind) return false;
    if (shown?.kind === kind && shown.form.isConnected) return true;
    root.replaceChildren(page(kind, again));
    root.querySelector("input").focus();
    return true;
  }

  const set = (again) => { wanted = true; return again(); };
  const isSet = async () => Boolean(await store.fact(KEY));

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") { hiddenAt = Date.now(); return; }
    if (!hiddenAt || Date.now() - hiddenAt < AWAY_MS) return;
    sessionStorage.removeItem(OPEN);
    window.field.send.tell();
  });

  Object.assign(window.field, { pin: { guard, set, isSet } });
})();
