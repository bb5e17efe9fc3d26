// One part of a page becomes what the server shows of it now, in place: what did not change is not
// touched. Three states are compared, what was served, what is served now and what is there: a menu
// that was opened, a tick, a panel that was loaded later, a row's mark belong to the person and stay.
(function () {
  "use strict";
  const served = new WeakMap();  // region → a copy of it as it came
  let skipped = [];
  let isBusy = () => false;

  function keep(region) {
    served.set(region, region.cloneNode(true));
  }

  function keepAll(within) {
    for (const region of within.querySelectorAll("[data-live]")) keep(region);
  }

  // Returns whether all of it was brought up to date: what `inUse` says a person is at was left.
  function morph(region, fresh, inUse) {
    const before = served.get(region) || region.cloneNode(true);
    skipped = [];
    isBusy = inUse || (() => false);
    if (!before.isEqualNode(fresh)) become(region, fresh, before);
    // What was left is still as it was served before: the next time it differs again.
    for (const { next, was } of skipped) if (was) next.replaceWith(was.cloneNode(true)); else next.remove();
    served.set(region, fresh);
    return skipped.length === 0;
  }

  // Nodes are the same by what they are about, else by their place among their like.
  function keyOf(node) {
    if (node.nodeType !== Node.ELEMENT_NODE) return "";
    // A panel and the place it is loaded to are one.
    if (isOwn(node)) return `from ${node.dataset.liveFrom}`;
    if (node.getAttribute("hx-trigger")?.includes("load")) return `from ${node.getAttribute("hx-get")}`;
    if (node.id) return `#${node.id}`;
    if (node.dataset.row || node.dataset.key) return `row ${node.dataset.row || node.dataset.key}`;
    if (node.matches("input[type=checkbox], input[type=radio]")) return `${node.name}=${node.value}`;
    return "";
  }

  function become(node, fresh, before) {
    if (before && before.isEqualNode(fresh)) return;
    if (node.nodeType !== Node.ELEMENT_NODE) {
      if (node.data !== fresh.data) node.data = fresh.data;
      return;
    }
    if (isBusy(node)) { skipped.push({ next: fresh, was: before }); return; }
    attributes(node, fresh, before);
    if (!node.matches("textarea")) children(node, fresh, before);
    else if (node.value === node.defaultValue) node.value = fresh.defaultValue;
  }

  function attributes(node, fresh, before) {
    for (const { name, value } of fresh.attributes) {
      if (before?.getAttribute(name) === value || node.getAttribute(name) === value) continue;
      if (name === "class") classes(node, fresh, before); else node.setAttribute(name, value);
    }
    for (const { name } of [...(before || node).attributes]) {
      if (!fresh.hasAttribute(name)) node.removeAttribute(name);
    }
  }

  function classes(node, fresh, before) {
    const own = [...node.classList].filter((name) => before && !before.classList.contains(name));
    node.setAttribute("class", [...new Set([...fresh.classList, ...own])].join(" "));
  }

  // What htmx has read off an element holds for as long as the element: another address, another one.
  function isAnother(node, fresh) {
    return [...fresh.attributes].some(({ name, value }) => name.startsWith("hx-") && node.getAttribute(name) !== value);
  }

  // A region with an address of its own reads itself.
  const isOwn = (node) => node.nodeType === Node.ELEMENT_NODE && node.dataset.liveFrom !== undefined;

  function finder(parent) {
    const all = parent ? [...parent.childNodes] : [];
    const keyed = new Map();
    for (const one of all) if (keyOf(one)) keyed.set(keyOf(one), one);
    const used = new Set();
    return (wanted) => {
      const key = keyOf(wanted);
      let found = key ? keyed.get(key) : null;
      if (!key) found = all.find((one) => !used.has(one) && !keyOf(one) && one.nodeName === wanted.nodeName);
      if (!found || used.has(found) || (found.nodeName !== wanted.nodeName && !isOwn(found))) return null;
      used.add(found);
      return found;
    };
  }

  function children(node, fresh, before) {
    const focused = document.activeElement;
    const mateOf = finder(node);
    const servedOf = finder(before);
    const mates = new Map();
    for (const next of fresh.childNodes) {
      mates.set(next, { mate: mateOf(next), was: servedOf(next) });
    }
    const staying = new Set([...mates.values()].map(({ mate }) => mate));
    const rest = [...node.childNodes].filter((one) => !staying.has(one));
    // Rows that were loaded in addition have nothing to stand behind but what stood there before.
    const isLonger = Boolean(before) && rest.some((one) => keyOf(one).startsWith("row ") && !wasServed(one, before));
    for (const gone of rest) if (!isLonger && wasServed(gone, before)) gone.remove();
    let place = node.firstChild;
    for (const next of [...fresh.childNodes]) {
      const { mate, was } = mates.get(next);
      if (isLonger && !keyOf(next)) continue;
      if (!mate || (mate.nodeType === Node.ELEMENT_NODE && !was?.isEqualNode(next) && !isOwn(mate) && isAnother(mate, next))) {
        const made = document.importNode(next, true);
        if (place === mate) place = mate?.nextSibling || null;
        mate?.remove();
        node.insertBefore(made, place);
        settled(made);
        continue;
      }
      if (mate === place) place = place.nextSibling;
      else node.insertBefore(mate, place);
      if (!isOwn(mate)) become(mate, next, was);
    }
    if (focused && focused !== document.activeElement && focused.isConnected && node.contains(focused)) focused.focus({ preventScroll: true });
  }

  // What a script has put there under a name of its own stays.
  function wasServed(node, before) {
    if (!before || node.nodeType !== Node.ELEMENT_NODE) return true;
    const key = keyOf(node);
    return !key || [...before.childNodes].some((one) => keyOf(one) === key);
  }

  function settled(made) {
    if (made.nodeType !== Node.ELEMENT_NODE) return;
    if (made.matches("[data-live]")) keep(made);
    keepAll(made);
    window.htmx?.process(made);
  }

  // What a person has let htmx put somewhere is theirs and stays, unless it got an address: then
  // it is what the page was served as.
  let hasAddress = false;
  for (const name of ["htmx:pushedIntoHistory", "htmx:replacedInHistory"]) document.addEventListener(name, () => { hasAddress = true; });

  document.addEventListener("htmx:afterSwap", (event) => {
    const target = event.detail.target;
    const place = hasAddress && target?.id && document.getElementById(target.id);
    hasAddress = false;
    const whole = place && place.closest("[data-live]");
    if (whole && whole === place) keep(whole);
    const kept = whole && whole !== place && served.get(whole)?.querySelector(`#${CSS.escape(place.id)}`);
    if (kept) kept.replaceWith(place.cloneNode(true));
    for (const region of document.querySelectorAll("[data-live]")) if (!served.has(region)) keep(region);
  });

  keepAll(document);
  window.ispbill = Object.assign(window.ispbill || {}, { morph });
})();
// Live truth: what changes anywhere is shown here without a reload (docs/adr/0052).
// A region says what it shows: <main id="main" data-live="customers">, account:CT-2026-00012 for all
// of a customer's account. It is read again from the page's own address, or from data-live-from,
// and becomes what the server shows now without being put anew (above). While something is under
// way (data-under-way somewhere) the page asks as often as while a person acts.
(function () {
  "use strict";
  const address = document.currentScript.dataset.url;
  const HEADERS = { "X-Live": "1" };  // nobody's activity: an idle session stays idle
  const SOON = 1500;
  const LATER = 5000;
  const IDLE = 30000;
  const AWAY = 60000;
  const READ_AT_MOST = 2500;  // the same page, for what others do
  const MOST = 60;
  const UNDER_WAY = "[data-under-way], [hx-trigger^=every]";

  const now = () => performance.now();
  const regions = () => [...document.querySelectorAll('[data-live]:not([data-live=""])')];
  const topicsOf = (region) => region.dataset.live.split(/\s+/).filter(Boolean);

  let cursor = "";
  let asked = null;  // when, the last time
  let acted = now();
  let read = -Infinity;
  let failures = 0;
  let isAsking = false;
  let isOver = false;
  let isMine = false;  // the person's own act: shown at once
  let timer = 0;

  // --- Asking ----------------------------------------------------------------------------------

  function pause() {
    const idle = now() - acted;
    if (document.querySelector(UNDER_WAY) || idle < 30000) return SOON;
    return idle < 300000 ? LATER : IDLE;
  }

  function plan(ms) {
    window.clearTimeout(timer);
    if (isOver || document.hidden) return;
    const slower = Math.min(2 ** failures, 40);
    timer = window.setTimeout(ask, Math.min(ms * slower, AWAY) * (0.9 + Math.random() * 0.2));
  }

  // How old what is shown may be: a page is as old as the asking for it, a region that came later
  // at most as old as the question before.
  function age() {
    if (asked !== null) return now() - asked + 2000;
    const visit = performance.getEntriesByType("navigation")[0];
    return now() - (visit ? visit.requestStart : 0);
  }

  async function ask() {
    if (isAsking) return;
    const topics = [...new Set(regions().flatMap(topicsOf))].slice(0, MOST);
    if (!topics.length) { plan(LATER); return; }
    isAsking = true;
    const mine = isMine;
    isMine = false;
    const query = new URLSearchParams({ topics: topics.join(","), age: String(Math.ceil(age())), at: cursor });
    const began = now();
    let next = pause();
    try {
      const answer = await fetch(`${address}?${query}`, { headers: HEADERS, redirect: "manual" });
      if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) { isOver = true; return; }
      if (answer.status !== 200 && answer.status !== 204) throw new Error(String(answer.status));
      const told = answer.status === 200 ? await answer.json() : { changed: [] };
      failures = 0;
      asked = began;
      if (told.at) cursor = told.at;
      if (told.away) { cursor = ""; next = AWAY; }
      // Of an own act about which nothing was said, everything is read again.
      const isEverything = told.away || (mine && !told.changed.length);
      mark(isEverything ? regions() : regions().filter((region) => topicsOf(region).some((topic) => told.changed.includes(topic))), mine);
    } catch (error) {
      failures += 1;
      if (mine) mark(regions(), true);
    } finally {
      isAsking = false;
      if (isMine) ask(); else plan(next);
    }
  }

  // The session had ended, and somebody has signed in over the page.
  document.addEventListener("page:signed-in", () => { isOver = false; ask(); });

  function act() {
    isMine = true;
    acted = now();
    ask();
  }

  // --- Reading again ---------------------------------------------------------------------------

  const due = new Map();  // region → { mine: its person waits for it, isLeft: but for what is in use }
  let reading = 0;

  function mark(found, mine) {
    for (const region of found) due.set(region, { mine: mine || due.get(region)?.mine || false, isLeft: false });
    if (due.size) soon(0);
  }

  function soon(ms) {
    window.clearTimeout(reading);
    reading = window.setTimeout(settle, ms);
  }

  async function settle() {
    for (const region of due.keys()) if (!region.isConnected) due.delete(region);
    const ready = [...due].filter(([region, how]) => !mustWait(region, how));
    const wait = ready.some(([, how]) => how.mine) ? 0 : read + READ_AT_MOST - now();
    if (!ready.length || wait > 0) {
      if (due.size) soon(Math.max(wait, 400));
      return;
    }
    const sources = new Map();
    for (const [region, how] of ready) {
      due.delete(region);
      const source = region.dataset.liveFrom || "";
      sources.set(source, [...(sources.get(source) || []), [region, how.mine]]);
    }
    read = now();
    await Promise.all([...sources].map(([source, found]) => reread(source, found)));
    if (due.size) soon(400);
  }

  async function reread(source, found) {
    const from = window.location.href;
    const headers = source ? { ...HEADERS, "HX-Request": "true", "HX-Target": found[0][0].id } : HEADERS;
    try {
      const answer = await fetch(source || from.split("#")[0], { headers, redirect: "manual" });
      if (answer.status >= 500) throw new Error(String(answer.status));
      if (!answer.ok || (!source && from !== window.location.href)) return;
      const shown = new DOMParser().parseFromString(await answer.text(), "text/html");
      // Where scripts run, what stands in a noscript is text.
      for (const one of shown.querySelectorAll("noscript")) one.textContent = one.innerHTML;
      for (const [region, mine] of found) if (region.isConnected) renew(region, shown, mine);
    } catch (error) {
      window.setTimeout(() => mark(found.map(([region]) => region), false), LATER);
    }
  }

  function renew(region, shown, mine) {
    const source = region.dataset.liveFrom;
    let fresh = (region.id && shown.getElementById(region.id)) || (source && shown.querySelector(`[data-live-from="${CSS.escape(source)}"]`));
    if (!fresh && source) {
      fresh = region.cloneNode(false);
      fresh.append(...shown.body.childNodes);
    }
    if (!fresh) return;
    const isWhole = window.ispbill.morph(region, fresh, (part) => isInUse(part, mine));
    if (!isWhole && !due.has(region)) due.set(region, { mine: false, isLeft: true });
    document.dispatchEvent(new CustomEvent("live:renewed", { detail: { target: region } }));
  }

  // --- Not under the hands of whoever works in it ----------------------------------------------

  let moved = { at: -Infinity, where: null };

  function mustWait(region, how) {
    const filled = document.querySelector("#dialog[open] form[data-dirty]");
    if (filled && !region.contains(filled)) return true;
    if (region.querySelector(".error-summary, .has-error")) return true;
    return how.isLeft && [region, ...region.querySelectorAll("details, [popover], form, tbody")].some((part) => isInUse(part, false));
  }

  // A menu that is open, a form somebody has begun to fill in (with the key its act is known by),
  // rows under a pointer that is about to press one.
  function isInUse(part, mine) {
    if (part.matches("details[data-menu][open]") || (part.hasAttribute("popover") && part.matches(":popover-open"))) return true;
    if (part.nodeName === "FORM") return isTouched(part);
    return part.nodeName === "TBODY" && !mine && now() - moved.at < 1000 && part.contains(moved.where);
  }

  function isTouched(form) {
    return [...form.elements].some((field) => {
      if (field.type === "hidden" || field.name === "ids" || field.matches("button, fieldset, output, [data-tick-all]")) return false;
      if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
      if (field.nodeName === "SELECT") return [...field.options].some((one) => one.defaultSelected && !one.selected);
      return field.value !== field.defaultValue || (field === document.activeElement && form.method === "post");
    });
  }

  // --- When to ask -----------------------------------------------------------------------------

  function stir() {
    const wasQuiet = now() - acted > 30000;
    acted = now();
    if (wasQuiet && !document.hidden) plan(0);
  }

  for (const name of ["pointerdown", "keydown", "scroll"]) document.addEventListener(name, stir, { passive: true, capture: true });
  document.addEventListener("pointermove", (event) => { moved = { at: now(), where: event.target }; stir(); }, { passive: true });
  document.addEventListener("visibilitychange", () => { if (document.hidden) window.clearTimeout(timer); else { acted = now(); plan(0); } });
  window.addEventListener("online", () => { failures = 0; plan(0); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) mark(regions(), true); });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && event.detail.requestConfig?.verb !== "get") act();
  });
  // A form that was being filled has closed: what waited for it is read now.
  document.addEventListener("close", () => { if (due.size) soon(0); }, true);
  // A region that has just come has news of its own to ask for.
  document.addEventListener("htmx:afterSettle", (event) => { if (event.detail.target.querySelector?.("[data-live]")) plan(SOON / 3); });

  window.ispbill = Object.assign(window.ispbill || {}, { live: { ask: () => plan(0), act } });
  plan(SOON / 3);
})();
