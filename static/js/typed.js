// The question of a second editor: how much is still to choose, all of one side, and Ctrl+Enter.
(function () {
  "use strict";
  const over = document.getElementById("over");
  if (!over) return;
  const asking = () => over.querySelector("[data-conflict]");
  const fields = () => [...over.querySelectorAll("[data-conflict-field]")];
  const isChosen = (field) => Boolean(field.querySelector("input[type=radio]:checked"));

  function count() {
    const all = fields();
    const left = all.filter((field) => !isChosen(field)).length;
    const said = over.querySelector("[data-conflict-left]");
    said.textContent = left ? said.dataset.words.replace("[left]", left).replace("[all]", all.length) : "";
    over.querySelector("[data-conflict-save]").disabled = left > 0;
  }

  document.addEventListener("over:opened", () => {
    if (!asking()) return;
    over.querySelector("[data-conflict-all]").hidden = false;
    count();
  });

  over.addEventListener("change", () => { if (asking()) count(); });

  // Who changes the text of both means both.
  over.addEventListener("input", (event) => {
    if (!event.target.matches("[data-conflict-together]")) return;
    event.target.closest("[data-conflict-field]").querySelector("input[value=both]").checked = true;
    count();
  });

  over.addEventListener("click", (event) => {
    const keep = event.target.closest("[data-conflict-keep]");
    if (!keep) return;
    for (const field of fields()) field.querySelector(`input[value="${keep.dataset.conflictKeep}"]`).checked = true;
    count();
    over.querySelector("[data-conflict-save]").focus();
  });

  // Before the page's own habit, which would send the form below unasked.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !over.open || !asking()) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      event.stopImmediatePropagation();
      over.querySelector("[data-conflict-save]").click();
    } else if (event.target.matches?.("input[type=radio]")) {
      event.preventDefault();
    }
  }, true);
})();
// A session that ended under a page: whoever sits there signs in over it, and then the very request
// is sent again. Somebody else who signs in gets a new page, and nothing is done in their name.
(function () {
  "use strict";
  const page = document.body;
  const user = page.dataset.user;
  const over = document.getElementById("over");
  if (!user || !over || !window.htmx) return;
  const words = () => document.getElementById("ui-words").dataset;
  let meant = null;
  let isIn = false;

  const isQuiet = (element) => (element?.getAttribute?.("hx-trigger") || "").includes("every");

  // --- Asking who it is ------------------------------------------------------------------------

  function ask(door) {
    if (over.open && over.querySelector("[data-sign-in-over]")) return;
    isIn = false;
    window.htmx.ajax("GET", door || "/login", { source: page, target: "#over-body", swap: "innerHTML" });
  }

  document.addEventListener("over:opened", () => {
    const login = over.querySelector("[data-sign-in-over] input[name=login]");
    if (!login || login.value) return;
    login.value = page.dataset.login;
    window.setTimeout(() => over.querySelector("input[name=password]")?.focus(), 0);
  });

  document.addEventListener("signed-in", (event) => entered(event.detail.user, event.detail.token));

  function entered(who, token) {
    if (String(who) !== user) { loadAnew(); return; }
    renew(token);
    isIn = true;
    const send = meant;
    meant = null;
    for (const name of ["over:close", "page:signed-in"]) document.dispatchEvent(new CustomEvent(name));
    if (send) send();
  }

  function loadAnew() {
    meant = null;
    document.dispatchEvent(new CustomEvent("page:given-up"));
    window.location.reload();
  }

  over.addEventListener("close", () => {
    if (!meant || isIn) return;
    meant = null;
    window.ispbill.toast({ text: words().signedOut, level: "error", actions: [{ label: words().signIn, href: words().signinUrl, blank: true }] });
  });

  // Signed in in another tab: coming back goes on here.
  window.addEventListener("focus", () => {
    if (!over.open || !over.querySelector("[data-sign-in-over]")) return;
    look().then((said) => { if (said.user) entered(said.user, said.token); }, () => {});
  });

  // The forms of the page carry the token of the session that has ended.
  function renew(token) {
    const homes = [document, ...[...document.querySelectorAll("template")].map((one) => one.content)];
    for (const home of homes) for (const field of home.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
    page.setAttribute("hx-headers", JSON.stringify({ ...JSON.parse(page.getAttribute("hx-headers")), "x-csrftoken": token }));
  }

  async function look() {
    const answer = await fetch(page.dataset.who, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  // --- What htmx sends -------------------------------------------------------------------------

  function again(config) {
    const values = {};
    for (const [name, value] of config.formData.entries()) {
      if (name === "csrfmiddlewaretoken") continue;
      if (name in values) values[name] = [].concat(values[name], value); else values[name] = value;
    }
    return () => {
      if (!document.contains(config.elt)) return;
      window.htmx.ajax(config.verb.toUpperCase(), config.path, { source: config.elt, target: config.target, values });
    };
  }

  let refused = 0;

  document.addEventListener("htmx:beforeSwap", (event) => {
    const detail = event.detail;
    const door = detail.xhr.status === 401 && detail.xhr.getResponseHeader("X-Sign-In");
    if (door) {
      detail.isError = false;
      if (isQuiet(detail.requestConfig.elt)) return; // nobody has done anything: nobody is asked
      if (!meant) meant = again(detail.requestConfig);
      ask(door);
    } else if (detail.xhr.getResponseHeader("X-Token-Refused") && Date.now() - refused > 5000) {
      refused = Date.now(); // signed in in another tab: once more, with the token of the new session
      detail.isError = false;
      const send = again(detail.requestConfig);
      look().then((said) => (said.user ? (meant = send, entered(said.user, said.token)) : (meant = send, ask())));
    }
  });

  // --- What the browser sends by itself --------------------------------------------------------

  // A page that is left is lost with all that was typed: so it is asked first whether the form
  // would get through. Without a script the form simply goes.
  const asked = new WeakSet();

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.getAttribute("method")?.toLowerCase() !== "post" || form.hasAttribute("hx-post") || form.target || form.matches("[data-preferences]")) return;
    const button = event.submitter;
    if (event.defaultPrevented || button?.hasAttribute("hx-post") || button?.hasAttribute("hx-get")) return;
    if (asked.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.dataset.asking) return;
    form.dataset.asking = "yes";
    const send = () => { asked.add(form); form.requestSubmit(button && document.contains(button) ? button : undefined); };
    look().then((said) => {
      if (!said.user) { meant = send; ask(); return; }
      if (String(said.user) !== user) { loadAnew(); return; }
      renew(said.token);
      send();
    }, () => {
      window.ispbill.toast({ text: words().offline, level: "error", onRetry: () => form.requestSubmit(button || undefined) });
    }).finally(() => { delete form.dataset.asking; });
  }, true);
})();
// What lies over a form and leaves it as it is: the question of a second editor, and signing in
// again. The form below keeps everything that was typed; Escape leads back to it.
(function () {
  "use strict";
  const $ = (selector, within) => (within || document).querySelector(selector);
  const over = $("#over");
  const body = $("#over-body");
  if (!over) return;

  function close() {
    if (over.open) over.close();
  }

  document.addEventListener("htmx:beforeSwap", (event) => {
    const detail = event.detail;
    if (detail.xhr.getResponseHeader("X-Over")) {
      detail.shouldSwap = true;
      detail.isError = false;
    } else if (detail.shouldSwap && detail.requestConfig?.elt?.matches?.("form") && !detail.target.closest("#over")) {
      close(); // what was asked is answered
    }
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === body && body.childElementCount) open();
  });

  function open() {
    over.classList.toggle("is-asking", Boolean($("[data-conflict]", body)));
    if (!over.open) over.showModal();
    document.dispatchEvent(new CustomEvent("over:opened"));
  }

  // A page that came back with a question above it: the question is laid over it.
  const onPage = $("#conflict-on-page [data-conflict]");
  if (onPage) {
    $("#conflict-on-page").hidden = true;
    body.replaceChildren(onPage);
    open();
    $("[data-focus]", body)?.focus();
  }

  over.addEventListener("click", (event) => {
    if (!event.target.closest("[data-over-close]")) return;
    event.preventDefault();
    close();
  });
  over.addEventListener("close", () => body.replaceChildren());
  for (const name of ["dialog:close", "over:close"]) document.addEventListener(name, close);
})();
// What was typed into a long form is kept on this device until it is saved: after a reload or a
// crash it is offered again. Never passwords, codes, cards or bank numbers. Leaving a page with
// something unsaved asks first.
(function () {
  "use strict";
  const user = document.body.dataset.user;
  if (!user) return;
  const PREFIX = "draft:";
  const FEWEST_FIELDS = 4; // a shorter form is typed again sooner than read
  const LONGEST_MS = 24 * 3600 * 1000;
  const WAIT_MS = 400;
  const SECRET = /pass|secret|credential|token|otp|(^|_)code$|pin(_|$)|step_up|iban|card|account|number|national|bank|voucher|fingerprint|form_key|opened|key$/i;
  const words = () => document.getElementById("ui-words").dataset;
  const forms = (within) => [...within.querySelectorAll("form[data-guard]")].filter((form) => form.getAttribute("method") === "post");
  let isLeaving = false;

  // --- What may be kept ------------------------------------------------------------------------

  function fields(form) {
    return [...form.elements].filter((one) => one.name && one.matches("input, select, textarea")
      && !["password", "hidden", "file", "submit", "button"].includes(one.type)
      && !/^(cc-|one-time|new-password|current-password)/.test(one.autocomplete || "") && !SECRET.test(one.name));
  }

  // An answer is one field, and long: such a form says so itself (data-keep-draft).
  const isLong = (form) => form.hasAttribute("data-keep-draft") || fields(form).length >= FEWEST_FIELDS;
  const isKept = (form) => !form.hasAttribute("data-no-draft") && isLong(form);
  const key = (form) => `${PREFIX}${user}:${form.getAttribute("action") || window.location.pathname}`;

  function isTouched(one) {
    if (one.type === "checkbox" || one.type === "radio") return one.checked !== one.defaultChecked;
    if (one.tagName === "SELECT") return [...one.options].some((option) => option.selected !== option.defaultSelected) && !(one.selectedIndex === 0 && ![...one.options].some((option) => option.defaultSelected));
    return one.value !== one.defaultValue;
  }

  const isBox = (one) => one.type === "checkbox" || one.type === "radio";

  function typed(form) {
    return fields(form).filter(isTouched).map((one) => ({
      name: one.name,
      value: one.tagName === "SELECT" ? [...one.selectedOptions].map((option) => option.value) : one.value,
      ...(isBox(one) ? { checked: one.checked } : {}),
    }));
  }

  function store(act) {
    try { return act(window.localStorage); } catch (refused) { return null; /* not kept on this device */ }
  }

  function keep(form) {
    const found = typed(form);
    store((place) => (found.length ? place.setItem(key(form), JSON.stringify({ at: Date.now(), fields: found })) : place.removeItem(key(form))));
  }

  function forget(name) {
    store((place) => place.removeItem(name));
  }

  let timer = 0;

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form || !form.matches("form[data-guard]")) return;
    form.dataset.dirty = "";
    if (!isKept(form)) return;
    window.clearTimeout(timer);
    timer = window.setTimeout(() => { if (document.contains(form)) keep(form); }, WAIT_MS);
  });

  // --- Offering it again -----------------------------------------------------------------------

  function offer(form) {
    const kept = isKept(form) && store((place) => JSON.parse(place.getItem(key(form)) || "null"));
    if (!kept || form.querySelector(".error-summary") || form.querySelector("[data-draft]")) return;
    if (Date.now() - kept.at > LONGEST_MS) { forget(key(form)); return; }
    const said = document.createElement("p");
    said.className = "notice tone-info draft-offer";
    said.dataset.draft = "";
    said.setAttribute("role", "status");
    const text = document.createElement("span");
    text.textContent = words().draft;
    said.append(text, button(words().restore, () => { said.remove(); restore(form, kept); }), button(words().discard, () => { said.remove(); forget(key(form)); }));
    form.prepend(said);
  }

  function button(label, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-sm";
    made.textContent = label;
    made.addEventListener("click", act);
    return made;
  }

  function restore(form, kept) {
    for (const { name, value, checked } of kept.fields) {
      for (const one of fields(form).filter((other) => other.name === name)) {
        if (isBox(one)) { if (one.value === value) one.checked = checked; }
        else if (one.tagName === "SELECT") for (const option of one.options) option.selected = value.includes(option.value);
        else one.value = value;
        one.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }
    form.dataset.dirty = "";
    fields(form)[0]?.focus();
  }

  // --- Saved, given up, signed out -------------------------------------------------------------

  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.requestConfig?.elt?.closest?.("form[data-guard]");
    const status = event.detail.xhr?.status;
    if (!form || event.detail.requestConfig.elt !== form || !(status >= 200 && status < 300)) return;
    delete form.dataset.dirty;
    forget(key(form));
  });

  // A form the browser sends by itself is saved when the page after it shows no mistake.
  const SENT = "draft-sent";

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.hasAttribute("hx-post")) return;
    isLeaving = true;
    window.setTimeout(() => { isLeaving = false; }, 8000);
    if (form.matches("form[data-guard]")) window.sessionStorage.setItem(SENT, key(form));
    if (/logout/.test(form.getAttribute("action") || "")) store((place) => Object.keys(place).filter((name) => name.startsWith(PREFIX)).forEach((name) => place.removeItem(name)));
  });

  const sent = window.sessionStorage.getItem(SENT);
  window.sessionStorage.removeItem(SENT);
  if (sent && !document.querySelector(".error-summary, .conflict, [data-step-up]")) forget(sent);

  // Closing the dialog has asked already: what was typed is given up.
  document.getElementById("dialog")?.addEventListener("close", () => { if (inDialog) forget(inDialog); inDialog = ""; });
  let inDialog = "";

  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id !== "dialog-body") return;
    for (const form of forms(event.detail.target)) { inDialog = key(form); offer(form); }
  });

  for (const form of forms(document)) offer(form);

  // --- Leaving ---------------------------------------------------------------------------------

  document.addEventListener("page:given-up", () => { isLeaving = true; });
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.getResponseHeader("HX-Redirect") || event.detail.xhr.getResponseHeader("HX-Refresh")) isLeaving = true;
  });

  window.addEventListener("beforeunload", (event) => {
    if (isLeaving || !document.querySelector("form[data-guard][data-dirty]")) return;
    event.preventDefault();
  });
})();
// A form that has been answered gets a new key: what is sent next from it is another act. A page
// one comes back to has the keys it had: sending it again is not.
(function () {
  "use strict";
  const keys = () => [...document.querySelectorAll("input[name=form_key]")];
  const fresh = () => [...window.crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(36)).join("");

  document.addEventListener("htmx:afterRequest", (event) => {
    const status = event.detail.xhr?.status;
    const form = event.detail.requestConfig?.elt?.closest?.("form");
    if (!form || event.detail.requestConfig.verb === "get" || !(status >= 200 && status < 300)) return;
    for (const one of form.querySelectorAll("input[name=form_key]")) one.value = fresh();
  });

  const known = window.history.state?.formKeys;
  const isBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  if (isBack && known) keys().forEach((one, index) => { if (known[index]) one.value = known[index]; });
  else if (keys().length) window.history.replaceState({ ...window.history.state, formKeys: keys().map((one) => one.value) }, "");
})();
