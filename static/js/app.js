// What every page shares: one dialog, toasts, the busy bar, honest errors, menus, preferences.
(function () {
  "use strict";
  const root = document.documentElement;
  const $ = (selector, within) => (within || document).querySelector(selector);
  const words = () => ($("#ui-words") || { dataset: {} }).dataset;

  // --- Announcing and toasts -------------------------------------------------------------------

  function announce(text) {
    const place = $("#announcer");
    if (!place) return;
    place.textContent = "";
    window.setTimeout(() => { place.textContent = text; }, 60);
  }

  const TOAST_MS = 6000;
  const TOAST_MAX = 3;
  const SYMBOLS = { success: "circle-check", error: "alert-circle", danger: "alert-circle", warning: "alert-triangle", info: "info-circle" };
  const TONES = { success: "success", error: "danger", danger: "danger", warning: "warning", info: "info" };

  function symbol(name) {
    const known = $("svg.icon use");
    const base = known ? known.getAttribute("href").split("#")[0] : "/static/icons.svg";
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `${base}#${name}`);
    svg.append(use);
    return svg;
  }

  // A toast is {text, level, actions: [{label, href} or {label, post, confirm}], onRetry}.
  function toast(message) {
    const given = typeof message === "string" ? { text: message } : message;
    const level = given.level in TONES ? given.level : "success";
    const stays = TONES[level] === "danger";
    const region = $(stays ? "#toasts-alert" : "#toasts-polite");
    if (!region) return;
    raise();
    for (const other of document.querySelectorAll(".toast-card")) if ($(".toast-text", other).textContent === given.text) other.remove(); // said once
    const card = document.createElement("div");
    card.className = `toast-card tone-${TONES[level]}`;
    const body = document.createElement("div");
    body.className = "toast-words";
    const text = document.createElement("div");
    text.className = "toast-text";
    text.textContent = given.text || "";
    body.append(text);
    const actions = actionsOf(given, card);
    if (actions.childElementCount) body.append(actions);
    const close = document.createElement("button");
    close.type = "button";
    close.className = "toast-close";
    close.setAttribute("aria-label", words().close || "Close");
    close.append(symbol("x"));
    close.addEventListener("click", () => card.remove());
    card.append(symbol(SYMBOLS[level]), body, close);
    region.append(card);
    const all = document.querySelectorAll(".toast-card");
    for (let i = 0; i < all.length - TOAST_MAX; i += 1) all[i].remove();
    if (!stays) fade(card, given.ms || TOAST_MS);
  }

  function actionsOf(given, card) {
    const row = document.createElement("div");
    row.className = "toast-actions";
    for (const action of given.actions || []) {
      if (action.href) {
        const link = document.createElement("a");
        link.href = action.href;
        link.textContent = action.label;
        if (action.blank) { link.target = "_blank"; link.rel = "noopener"; }
        row.append(link);
      } else if (action.post) {
        row.append(button(action.label, () => { card.remove(); post(action.post, action.values); }));
      }
    }
    if (given.onRetry) row.append(button(words().retry || "Retry", () => { card.remove(); given.onRetry(); }));
    return row;
  }

  function button(label, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = label;
    made.addEventListener("click", act, { once: true });
    return made;
  }

  function post(url, values) {
    if (window.htmx) window.htmx.ajax("POST", url, { swap: "none", values: values || {} });
  }

  // The clock stops while the pointer or the focus rests on the toast.
  function fade(card, ms) {
    let left = ms;
    let since = 0;
    let timer = 0;
    const go = () => { window.clearTimeout(timer); since = Date.now(); timer = window.setTimeout(() => card.remove(), Math.max(left, 1000)); };
    const stop = () => { if (timer) left -= Date.now() - since; window.clearTimeout(timer); timer = 0; };
    card.addEventListener("mouseenter", stop);
    card.addEventListener("mouseleave", go);
    card.addEventListener("focusin", stop);
    card.addEventListener("focusout", go);
    go();
  }

  // An open dialog lies in the top layer, and nothing outside of it can be pressed or is read
  // aloud: so the toasts stand inside it, and as a popover above it.
  function raise() {
    const host = $("#toasts");
    if (!host || !host.showPopover) return;
    const home = [...document.querySelectorAll("dialog[open]")].pop() || document.body;
    if (host.parentElement !== home) home.append(host);
    host.setAttribute("popover", "manual");
    if (host.matches(":popover-open")) host.hidePopover();
    host.showPopover();
  }

  for (const name of ["over:opened", "close"]) document.addEventListener(name, () => { if ($(".toast-card")) raise(); }, true);

  document.addEventListener("toast", (event) => {
    const detail = event.detail || {};
    for (const one of Array.isArray(detail.value) ? detail.value : [detail]) toast(one);
  });

  function liftPageMessages() {
    const list = $("#page-messages");
    if (!list) return;
    for (const item of list.querySelectorAll("[data-toast]")) toast({ text: item.textContent, level: item.dataset.toast });
    list.remove();
  }

  // --- The one dialog --------------------------------------------------------------------------

  let opener = null;

  function openDialog(dialog) {
    if (!dialog || dialog.open) return;
    opener = document.activeElement;
    dialog.showModal();
    if ($(".toast-card")) raise();
  }

  function closeDialog(dialog) {
    if (dialog && dialog.open) dialog.close();
  }

  function isDirty(dialog) {
    return Boolean(dialog && $("form[data-dirty]", dialog));
  }

  function tryClose(dialog) {
    if (isDirty(dialog) && !window.confirm(words().dirty || "Close?")) return;
    closeDialog(dialog);
  }

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.closest("#dialog") && form.method === "post") form.dataset.dirty = "";
  });

  document.addEventListener("cancel", (event) => {
    if (event.target.id !== "dialog") return;
    event.preventDefault();
    tryClose(event.target);
  }, true);

  document.addEventListener("close", (event) => {
    if (event.target.tagName !== "DIALOG" || event.target.id === "over") return;
    if (event.target.id === "dialog") $("#dialog-body").replaceChildren();
    if (opener && document.contains(opener)) opener.focus();
    opener = null;
  }, true);

  document.addEventListener("dialog:close", () => closeDialog($("#dialog")));

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "dialog-body") return;
    const dialog = $("#dialog");
    const wide = $("[data-dialog-wide]", event.detail.target);
    dialog.classList.toggle("wide", Boolean(wide));
    dialog.classList.toggle("drawer", Boolean($("[data-dialog-drawer]", event.detail.target)));
    if (event.detail.target.childElementCount) openDialog(dialog);
    else closeDialog(dialog);
  });

  document.addEventListener("htmx:afterSettle", (event) => focusIn(event.detail.target));

  // A dialog whose first field is in the page already opens without waiting for anybody.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-ready]");
    const ready = link && document.getElementById(link.dataset.ready);
    if (!ready || !window.htmx || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    const body = $("#dialog-body");
    body.replaceChildren(ready.content.cloneNode(true));
    window.htmx.process(body);
    for (const name of ["htmx:afterSwap", "htmx:afterSettle"]) window.htmx.trigger(body, name, { target: body });
  }, true);

  // --- Proving who it is -----------------------------------------------------------------------

  // What a page asks a proof for is answered by a dialog that holds all that was sent. Its answer
  // then goes where the first one would have gone.
  let meant = null;

  document.addEventListener("htmx:beforeSwap", (event) => {
    const detail = event.detail;
    const isProof = detail.requestConfig?.elt?.matches?.("[data-step-up]");
    if (detail.xhr.getResponseHeader("X-Step-Up")) {
      if (!isProof) meant = { target: detail.requestConfig.target, how: detail.requestConfig.elt.closest("[hx-swap]")?.getAttribute("hx-swap") };
      detail.shouldSwap = true;
      detail.isError = false;
    } else if (isProof && meant && detail.shouldSwap && document.contains(meant.target) && !meant.target.closest("#dialog")) {
      detail.target = meant.target;
      detail.swapOverride = meant.how;
      closeDialog($("#dialog"));
    }
  });

  // The tab that was followed is the one shown; the head with the tabs is not loaded again.
  document.addEventListener("htmx:afterSwap", (event) => {
    const link = event.detail.requestConfig?.elt?.closest?.("[data-tab]");
    if (!link || event.detail.target.id !== "tab-body") return;
    for (const other of link.closest("nav").querySelectorAll("[data-tab]")) {
      other.classList.toggle("active", other === link);
      if (other === link) other.setAttribute("aria-current", "page"); else other.removeAttribute("aria-current");
    }
  });

  // The error summary first, then what asks for the focus, then the dialog's first field.
  function focusIn(target) {
    if (!target || !target.querySelector) return;
    const place = $("[data-focus]", target) || $("[autofocus]", target)
      || (target.id === "dialog-body" && ($("input:not([type=hidden]):not([disabled]), select, textarea", target) || $("#dialog-title", target)));
    if (place) place.focus();
  }

  // --- Being busy ------------------------------------------------------------------------------

  let pending = 0;
  let slow = 0;

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isQuiet(event.detail.elt)) return;
    pending += 1;
    event.detail.target?.setAttribute("aria-busy", "true");
    window.clearTimeout(slow);
    slow = window.setTimeout(() => {
      $("#busy-bar")?.classList.toggle("is-busy", pending > 0);
      if (pending > 0) event.detail.target?.classList.add("is-slow");
    }, 200);
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    event.detail.target?.removeAttribute("aria-busy");
    event.detail.target?.classList.remove("is-slow");
    if (isQuiet(event.detail.elt)) return;
    pending = Math.max(0, pending - 1);
    if (pending === 0) $("#busy-bar")?.classList.remove("is-busy");
  });

  function isQuiet(element) {
    const trigger = element?.getAttribute?.("hx-trigger") || "";
    return trigger.includes("every");
  }

  // --- When it went wrong ----------------------------------------------------------------------

  document.addEventListener("htmx:responseError", (event) => {
    const xhr = event.detail.xhr;
    const said = words();
    if (isQuiet(event.detail.elt) && xhr.status !== 401) return;
    if (xhr.status === 401) {
      toast({ text: said.signedOut, level: "error", actions: [{ label: said.signIn, href: said.signinUrl, blank: true }] });
      return;
    }
    const text = { 403: said.forbidden, 404: said.missing, 409: said.conflict, 429: said.throttled }[xhr.status] || said.failed;
    const own = xhr.getResponseHeader("X-Error-Message");
    const reference = xhr.getResponseHeader("X-Request-ID");
    const tail = reference && xhr.status >= 500 ? ` (${said.reference} ${reference})` : "";
    toast({ text: (own ? decodeURIComponent(own) : text) + tail, level: "error", onRetry: retry(event) });
  });

  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => {
      if (isQuiet(event.detail.elt)) return;
      toast({ text: words().offline, level: "error", onRetry: retry(event) });
    });
  }

  // Asking again is safe, and so is sending a form again: it carries a key, and one key is one act.
  function retry(event) {
    const config = event.detail.requestConfig;
    if (!config || !window.htmx || !document.contains(config.elt)) return null;
    if (config.verb === "get") return () => window.htmx.ajax("GET", config.path, { source: config.elt, target: config.target });
    const isSafe = config.elt.matches("form") && config.elt.querySelector("input[name=form_key], input[name=opened]");
    return event.type === "htmx:responseError" || !isSafe ? null : () => config.elt.requestSubmit();
  }

  // --- Small habits ----------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-dialog-close], [data-hotkeys-open], [data-sidebar-fold], [data-sidebar-open], .sidebar-scrim, [data-copy], [data-print], [data-share]");
    if (target) {
      if (target.matches("[data-dialog-close]")) tryClose(target.closest("dialog"));
      else if (target.matches("[data-hotkeys-open]")) root.dispatchEvent(new CustomEvent("hotkeys:help"));
      else if (target.matches("[data-sidebar-fold]")) foldSidebar(target);
      else if (target.matches("[data-sidebar-open], .sidebar-scrim")) toggleDrawer();
      else if (target.matches("[data-copy]")) copy(target.dataset.copy);
      else if (target.matches("[data-print]")) window.print();
      else if (target.matches("[data-share]")) share(event, target);
    }
    for (const menu of document.querySelectorAll("details[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
    if (root.dataset.sidebar === "folded" && event.target.closest(".sidebar-group > summary") && !$("#sidebar.is-open") && window.innerWidth > 860) foldSidebar($("[data-sidebar-fold]"));
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = $("details[data-menu][open]");
    if (menu) { menu.open = false; $("summary", menu).focus(); }
    else if ($("#sidebar.is-open")) toggleDrawer();
  });

  // A fold with a field to write in is opened to write in it.
  document.addEventListener("toggle", (event) => {
    if (event.target.open) $("[data-focus-on-open]", event.target)?.focus();
  }, true);

  function foldSidebar(control) {
    const folded = root.dataset.sidebar !== "folded";
    if (folded) root.dataset.sidebar = "folded"; else delete root.dataset.sidebar;
    control?.setAttribute("aria-pressed", String(folded));
    try { window.localStorage.setItem("sidebar", folded ? "folded" : "wide"); } catch (refused) { /* not remembered, still folded */ }
  }

  function toggleDrawer() {
    const sidebar = $("#sidebar");
    const open = sidebar.classList.toggle("is-open");
    $("[data-sidebar-open]")?.setAttribute("aria-expanded", String(open));
    $(".sidebar-scrim")?.remove();
    if (!open) { $("[data-sidebar-open]")?.focus(); return; }
    const scrim = document.createElement("div");
    scrim.className = "sidebar-scrim";
    document.body.append(scrim);
    $("a", sidebar)?.focus();
  }

  async function copy(text) {
    await navigator.clipboard.writeText(text);
    toast({ text: `${words().copied || "Copied"}: ${text}`, ms: 2500 });
  }

  // Where a browser can neither share nor copy, the link is followed.
  function share(event, link) {
    if (navigator.share) navigator.share({ title: link.dataset.share, url: link.href }).catch(() => { /* closed again */ });
    else if (navigator.clipboard) copy(link.href);
    else return;
    event.preventDefault();
  }

  // "(optional)" beside a label goes while another field of the form demands this one.
  function follow(event) {
    const form = event.target.form;
    if (!form || !event.target.name) return;
    for (const mark of form.querySelectorAll(`[data-demanded-by="${CSS.escape(event.target.name)}"]`)) {
      const chosen = new FormData(form).getAll(event.target.name).filter((value) => value !== "");
      const values = mark.dataset.demandedValues.split(" ").filter(Boolean);
      mark.hidden = chosen.some((value) => !values.length || values.includes(value));
    }
  }
  document.addEventListener("change", follow);
  document.addEventListener("input", follow);

  // A money cell is copied as its plain number, ready for a spreadsheet.
  document.addEventListener("copy", (event) => {
    const selection = document.getSelection();
    const cell = selection?.anchorNode?.parentElement?.closest(".money[data-plain]");
    if (!cell || selection.toString().trim() !== cell.textContent.trim()) return;
    event.clipboardData.setData("text/plain", cell.dataset.plain);
    event.preventDefault();
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-autosubmit]")) event.target.form.requestSubmit();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) event.target.form.requestSubmit();
  });

  // Theme and density take effect at once; the post only remembers them. Language needs the page.
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form");
    if (form?.matches("[data-preferences]")) preferences(event, form);
    else if (form && form.method === "post" && !form.hasAttribute("hx-post")) lockAgainstDouble(event, form);
  });

  function preferences(event, form) {
    const chosen = event.submitter;
    if (!chosen || chosen.name === "language" || !window.fetch) return;
    event.preventDefault();
    root.dataset[chosen.name] = chosen.value;
    if (chosen.name === "theme") root.dispatchEvent(new CustomEvent("theme:changed"));
    for (const other of form.querySelectorAll(`button[name="${chosen.name}"]`)) other.setAttribute("aria-pressed", String(other === chosen));
    const body = new FormData(form);
    body.append(chosen.name, chosen.value);
    fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" }, redirect: "manual" })
      .catch(() => toast({ text: words().offline, level: "error" }));
  }

  // A second click sends nothing while the first is under way; the server has its own guard.
  function lockAgainstDouble(event, form) {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    window.setTimeout(() => { delete form.dataset.sent; }, 8000);
  }

  // Who signs out leaves no draft on a shared computer; what a technician has not sent yet stays.
  document.addEventListener("submit", (event) => {
    if (!new URL(event.target.action, location).pathname.startsWith("/logout")) return;
    try {
      Object.keys(localStorage).filter((key) => key.startsWith("kept:")).forEach((key) => localStorage.removeItem(key));
    } catch (_refused) { /* nothing is kept on this device */ }
  });

  window.addEventListener("pageshow", () => { for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent; });

  window.ispbill = { toast, announce, openDialog, closeDialog };

  // The script is deferred: the page is there.
  liftPageMessages();
  if ($(".error-summary")) focusIn(document.body);
})();
