// The technician's pages, drawn from what lies on the phone: the day, one job, what is not sent.
(() => {
  "use strict";
  const { store, send, parts, withAct } = window.field;
  if (!parts) return;
  const { h, icon, say, button, labelled, root } = parts;
  const USER = Number(root.dataset.user);
  const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
  const NEXT = { ASSIGNED: "start", EN_ROUTE: "arrive", IN_PROGRESS: "complete" };
  let shown = "";
  let asking = null;
  let van = [];
  let hasPin = true;

  // A job as it will be once what waits here has been sent.
  function withWaiting(job, actions) {
    const mine = actions.filter((one) => one.order === job.number && one.user === USER && one.state === "new");
    const visit = job.visit || { answers: {}, photos: [], materials: [], signed: false };
    return { ...mine.reduce(withAct, { ...job, visit }), waiting: mine.length };
  }

  async function act(job, kind, payload, file = null) {
    await store.add({ user: USER, order: job.number, kind, payload, file, base_version: job.version });
    asking = null;
    await draw();
    window.ispbill?.announce?.(say("saved_here"));
    send.now();
  }

  const go = (address) => (event) => {
    event?.preventDefault();
    history.pushState({}, "", address);
    asking = null;
    shown = "";
    draw().then(() => { scrollTo(0, 0); document.getElementById("main").focus(); });
  };

  function metres(job, point) {
    if (job.lat === null || !point) return null;
    const rad = Math.PI / 180;
    const half = Math.sin(((point.lat - job.lat) * rad) / 2) ** 2
      + Math.cos(job.lat * rad) * Math.cos(point.lat * rad) * Math.sin(((point.lon - job.lon) * rad) / 2) ** 2;
    return Math.round(2 * 6371000 * Math.asin(Math.sqrt(half)));
  }

  const chip = (state) => h("span", { class: `chip tone-${{ COMPLETED: "success", FAILED: "danger" }[state] || "neutral"}` }, say(state));

  function card(job) {
    const address = `/technician/jobs/${job.number}/`;
    return h("li", {}, h("a", { class: "list-group-item", href: address, onclick: go(address) },
      h("span", { class: "list-main" },
        h("strong", {}, `${job.window} ${job.kind_label}`), h("small", {}, job.customer, " · ", job.area, job.priority < 2 ? ` · ${job.priority_label}` : ""),
        h("small", {}, job.address)),
      chip(job.state), icon("chevron-right")));
  }

  function group(title, jobs) {
    if (!jobs.length) return null;
    return h("section", { class: "card" }, h("div", { class: "card-header" }, h("h2", { class: "card-title" }, title)), h("ul", { class: "list-group" }, jobs.map(card)));
  }

  function today(jobs, day) {
    const own = jobs.filter((job) => job.day === day.today);
    const done = own.filter((job) => job.state === "COMPLETED" || job.state === "FAILED").length;
    const open = (job) => job.state !== "COMPLETED" && job.state !== "FAILED";
    return [
      h("header", { class: "page-head" }, h("h1", {}, say("today")), h("p", {}, say("done", done, own.length))),
      group(say("earlier"), jobs.filter((job) => job.day < day.today && open(job))),
      day.to_accept > 0 && h("p", { class: "notice tone-info" }, icon("package"), h("a", { href: "/technician/stock/" }, say("to_accept", day.to_accept))),
      own.length ? group(say("today"), own) : h("section", { class: "card" }, h("div", { class: "card-body" }, h("h2", {}, say("no_jobs")), h("p", {}, say("no_jobs_hint")))),
      group(say("later"), jobs.filter((job) => job.day > day.today)),
      h("p", { class: "btn-list" }, jobs.length > 0 && h("a", { class: "btn", href: "/technician/map/", onclick: go("/technician/map/") }, icon("map"), " ", say("map")),
        h("a", { class: "btn", href: "/technician/week/" }, icon("calendar"), " ", say("week")),
        !day.to_accept && h("a", { class: "btn", href: "/technician/stock/" }, icon("package"), " ", say("my_stock")),
        !hasPin && button(say("pin_set"), () => window.field.pin.set(draw), { symbol: "lock" })),
      h("p", { class: "form-hint" }, say("updated", new Date(day.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }))),
    ];
  }

  // A question inside the page: what is typed stays while the page is drawn anew.
  function question(label, build) {
    const form = h("form", { class: "card is-padded form-stack" }, h("h2", {}, label));
    build(form);
    form.append(h("div", { class: "btn-list" }, h("button", { class: "btn btn-primary", type: "submit" }, say("send")),
      button(say("cancel"), () => { asking = null; draw(); })));
    asking = form;
    draw().then(() => form.querySelector("input, select, textarea, button")?.focus());
    return form;
  }

  function askReason(job, kind, label) {
    const text = h("textarea", { class: "form-control", minlength: 10, required: true });
    const form = question(label, (inside) => inside.append(labelled(say("why"), text)));
    form.addEventListener("submit", (event) => { event.preventDefault(); act(job, kind, { reason: text.value }); });
  }

  function askFailure(job) {
    const codes = JSON.parse(root.dataset.failures);
    const code = h("select", { class: "form-select", required: true }, codes.map(([value, word]) => h("option", { value }, word)));
    const text = h("textarea", { class: "form-control", minlength: 10, required: true });
    const form = question(say("fail"), (inside) => inside.append(labelled(say("fail"), code), labelled(say("why"), text)));
    form.addEventListener("submit", (event) => { event.preventDefault(); act(job, "fail", { failure: code.value, text: text.value }); });
  }

  async function arrive(job, pressed) {
    pressed.disabled = true;
    pressed.textContent = say("locating");
    const point = await parts.place();
    if (point) return act(job, "arrive", { point, distance: metres(job, point) });
    const text = h("textarea", { class: "form-control", minlength: 10, required: true });
    const form = question(say("arrive"), (inside) => inside.append(labelled(say("no_location"), text)));
    form.addEventListener("submit", (event) => { event.preventDefault(); act(job, "arrive", { no_point_reason: text.value }); });
    return null;
  }

  const isAnswered = (job, item) => {
    const said = job.visit.answers[item.key] || {};
    if (said.impossible) return true;
    if (item.kind === "photo") return job.visit.photos.includes(item.key);
    if (item.kind === "signature") return job.visit.signed;
    return said.value !== undefined && said.value !== null && said.value !== "";
  };

  function odd(job, item, value) {
    const found = Number(String(value || "").replace(",", ".").replace("−", "-"));
    if (!value || Number.isNaN(found)) return "";
    if ((item.key === "signal" || item.key === "after") && (found < -27 || found > -8)) return say("odd_signal");
    return item.key === "speed" && job.mbps && found < 0.8 * job.mbps ? say("odd_speed") : "";
  }

  async function takePhoto(job, item, file) {
    if (!file) return;
    if (await parts.isFull()) { window.alert(say("full")); return; }
    try {
      const [content, point] = await Promise.all([parts.smallPhoto(file), parts.place()]);
      await act(job, "photo", { item: item.key, point }, content);
    } catch (_error) {
      window.alert(say("picture_unreadable"));
    }
  }

  function photoControl(job, item) {
    const count = job.visit.photos.filter((key) => key === item.key).length;
    const input = (more) => h("input", { type: "file", accept: "image/*", class: "form-control", onchange: (event) => takePhoto(job, item, event.target.files[0]), ...more });
    return [labelled(`${item.label}: ${say("camera")}`, input({ capture: "environment" })), labelled(say("gallery"), input({})),
      h("p", { class: "form-hint", role: "status" }, say("photos", count))];
  }

  function itemControl(job, item) {
    const said = job.visit.answers[item.key] || {};
    const answer = (value) => act(job, "answer", { key: item.key, value, impossible: "" });
    if (item.kind === "photo") return photoControl(job, item);
    if (item.kind === "check") {
      const look = (value) => (said.value === value ? "btn-primary" : "");
      return h("div", { role: "group", "aria-label": item.label }, h("p", { class: "form-label" }, item.label), h("div", { class: "btn-list" },
        button(say("yes"), () => answer(true), { look: look(true), "aria-pressed": String(said.value === true) }),
        button(say("no"), () => answer(false), { look: look(false), "aria-pressed": String(said.value === false) })));
    }
    const typed = h("input", { class: "form-control", value: said.value ?? "", inputmode: item.kind === "number" ? "decimal" : null, autocomplete: "off",
      onchange: (event) => answer(event.target.value), "data-key": item.key });
    return labelled(item.label, typed, odd(job, item, said.value));
  }

  function askImpossible(job, item) {
    const text = h("textarea", { class: "form-control", minlength: 10, required: true });
    const form = question(`${item.label}: ${say("impossible")}`, (inside) => inside.append(labelled(say("why"), text)));
    form.addEventListener("submit", (event) => { event.preventDefault(); act(job, "answer", { key: item.key, value: "", impossible: text.value }); });
  }

  function checklist(job) {
    const items = job.checklist.filter((item) => item.kind !== "signature");
    return h("section", { class: "card" }, h("div", { class: "card-header" }, h("h2", { class: "card-title" }, say("checklist"))),
      h("div", { class: "card-body form-stack" }, items.map((item) => {
        const said = job.visit.answers[item.key] || {};
        return h("div", { class: "checked-item", "data-done": isAnswered(job, item) ? "yes" : "no" }, itemControl(job, item),
          said.impossible ? h("p", { class: "form-hint" }, `${say("impossible")}: ${said.impossible}`)
            : item.required && !isAnswered(job, item) && h("div", { class: "btn-list" }, h("small", {}, say("required")),
              button(say("impossible"), () => askImpossible(job, item), { look: "btn-sm btn-quiet" })));
      })));
  }

  // What the van carries, so that stock moves with it; anything else is typed.
  function materials(job) {
    const pick = h("select", { class: "form-select" }, van.map((one) => h("option", { value: one.item }, `${one.name} · ${say("van_has", `${one.quantity} ${one.unit}`)} · ${one.way}`)),
      h("option", { value: "" }, say("other_material")));
    const name = h("input", { class: "form-control", maxlength: 80 });
    const quantity = h("input", { class: "form-control", value: "1", inputmode: "decimal", required: true });
    const known = h("datalist", { id: "van-serials" });
    const serial = h("input", { class: "form-control", maxlength: 60, autocomplete: "off", list: "van-serials" });
    const back = h("input", { type: "checkbox", class: "form-check-input" });
    const condition = h("select", { class: "form-select" }, ["GOOD", "REPAIR", "BROKEN"].map((value) => h("option", { value }, say(`condition_${value}`))));
    const worth = labelled(say("condition"), condition);
    worth.hidden = true;
    back.addEventListener("change", () => { worth.hidden = !back.checked; });
    const chosen = () => van.find((one) => String(one.item) === pick.value);
    const typed = labelled(say("material"), name);
    const read = async () => {
      const found = await parts.scan().catch(() => null);
      if (found) serial.value = found;
      else window.ispbill?.announce?.(say("scan_failed"));
    };
    const follow = () => {
      const one = chosen();
      typed.hidden = Boolean(one);
      name.required = !one;
      serial.required = Boolean(one?.is_serial);
      quantity.readOnly = Boolean(one?.is_serial);
      if (one?.is_serial) quantity.value = "1";
      known.replaceChildren(...(one ? one.serials : []).map((value) => h("option", { value })));
    };
    pick.addEventListener("change", follow);
    const form = h("form", { class: "form-stack" }, van.length > 0 && labelled(say("material"), pick), typed, labelled(say("quantity"), quantity), labelled(say("serial"), serial), known,
      parts.canScan && button(say("scan"), read),
      h("label", { class: "form-check" }, back, h("span", {}, say("returned"))), worth, h("button", { class: "btn", type: "submit" }, say("add")));
    follow();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const one = chosen();
      act(job, "material", { item: one?.item || null, name: one?.name || name.value, quantity: quantity.value, serial: serial.value, is_returned: back.checked, condition: condition.value });
    });
    return h("details", { class: "card" }, h("summary", { class: "card-header" }, h("h2", { class: "card-title" }, `${say("materials")} (${job.visit.materials.length})`)),
      h("div", { class: "card-body" }, h("ul", {}, job.visit.materials.map((one) => h("li", {}, one))), form));
  }

  function signature(job) {
    const item = job.checklist.find((one) => one.kind === "signature");
    if (!item) return null;
    if (job.visit.signed) return h("section", { class: "card is-padded" }, icon("circle-check"), " ", say("signed"));
    const pad = parts.signaturePad();
    const name = h("input", { class: "form-control", maxlength: 120, autocomplete: "off" });
    const absent = h("input", { class: "form-control", maxlength: 200, autocomplete: "off" });
    const save = () => {
      if (!pad.strokes().length && name.value.trim().length < 3 && absent.value.trim().length < 10) { window.alert(say("sign_short")); return; }
      act(job, "sign", { strokes: pad.strokes(), name: name.value, absent_reason: absent.value });
    };
    return h("section", { class: "card" }, h("div", { class: "card-header" }, h("h2", { class: "card-title" }, say("signature"))),
      h("div", { class: "card-body form-stack" }, pad.canvas, labelled(say("typed_name"), name), labelled(say("absent"), absent),
        h("div", { class: "btn-list" }, button(say("send"), save, { look: "btn-primary" }), button(say("clear"), pad.clear))));
  }

  function complete(job) {
    const missing = job.checklist.filter((item) => item.required && !isAnswered(job, item));
    if (missing.length) { window.alert(say("still_missing", missing.map((item) => item.label).join(", "))); return; }
    act(job, "complete", {});
  }

  function steps(job) {
    const next = NEXT[job.state];
    const made = [];
    if (next === "start") made.push(button(say("start"), () => act(job, "start", {}), { look: "btn-primary btn-block btn-lg", symbol: "truck" }), h("p", { class: "form-hint" }, say("start_hint")));
    if (job.state === "ASSIGNED" || job.state === "EN_ROUTE") made.push(button(say("arrive"), (event) => arrive(job, event.currentTarget), { look: `${job.state === "EN_ROUTE" ? "btn-primary btn-lg" : ""} btn-block`, symbol: "map-pin" }));
    if (next === "complete") made.push(button(say("complete"), () => complete(job), { look: "btn-primary btn-block btn-lg", symbol: "check" }));
    if (job.state === "EN_ROUTE") made.push(button(say("turn_back"), () => askReason(job, "turn_back", say("turn_back")), { look: "btn-block" }));
    if (next) made.push(button(say("fail"), () => askFailure(job), { look: "btn-block btn-outline-danger" }));
    return h("section", { class: "field-steps" }, made);
  }

  function noteForm(job) {
    const text = h("textarea", { class: "form-control", required: true, maxlength: 1000 });
    const form = h("form", { class: "form-stack card is-padded" }, labelled(say("note_add"), text), h("button", { class: "btn", type: "submit" }, say("send")));
    form.addEventListener("submit", (event) => { event.preventDefault(); act(job, "note", { text: text.value }); });
    return form;
  }

  function facts(job) {
    const row = (label, value) => value && [h("dt", {}, label), h("dd", {}, value)];
    const point = job.lat === null ? encodeURIComponent(job.address) : `${job.lat},${job.lon}`;
    const visit = job.visit;
    return h("section", { class: "card" }, h("div", { class: "card-body" },
      h("p", {}, h("strong", {}, job.customer), h("br"), job.address, h("br"), job.area),
      h("div", { class: "btn-list" },
        h("a", { class: "btn", href: job.lat === null ? `geo:0,0?q=${point}` : `geo:${point}?q=${point}` }, icon("navigation"), say("directions")),
        h("a", { class: "btn", href: `tel:${job.phone}` }, icon("phone"), say("call"), " ", job.phone_shown),
        (job.to_sign || []).map((number) => h("a", { class: "btn", href: `/technician/contracts/${number}/` }, icon("signature"), say("sign_contract"), " ", number))),
      h("dl", { class: "facts" }, row(say("package"), job.package), row(say("login"), job.login), row(say("notes"), job.instructions),
        visit.distance !== null && visit.distance !== undefined && row(say("arrive"), say("distance", visit.distance, visit.accuracy)),
        job.history.length > 0 && row(say("history"), h("ul", {}, job.history.map((one) => h("li", {}, `${one.day} ${one.what} ${one.notes}`)))))));
  }

  function jobPage(job) {
    if (!job) return [h("p", {}, h("a", { class: "back-link", href: "/technician/", onclick: go("/technician/") }, icon("chevron-left"), say("back"))), h("p", { class: "notice tone-warning" }, say("missing"))];
    const isAtWork = job.state === "IN_PROGRESS";
    return [
      h("header", { class: "page-head" }, h("a", { class: "back-link", href: "/technician/", onclick: go("/technician/") }, icon("chevron-left"), say("back")),
        h("h1", {}, job.kind_label), h("p", {}, `${job.number} · ${job.day} ${job.window} `, chip(job.state), job.waiting ? ` · ${say("waiting", job.waiting)}` : "")),
      asking, facts(job),
      ...(isAtWork ? [checklist(job), materials(job), noteForm(job), signature(job)] : []),
      steps(job), ...window.field.door.page(job, act, askReason),
    ];
  }

  function syncRow(one) {
    const office = one.answer || {};
    const bytes = one.file?.byteLength || one.payload.file?.size;
    const size = bytes ? ` (${Math.round(bytes / 1024)} kB)` : "";
    const why = one.state === "refused" ? office.why : say(office.why === "cancelled" || office.why === "reassigned" ? office.why : office.state || "missing");
    return h("li", { class: "list-group-item" }, h("span", { class: "list-main" },
      h("strong", {}, `${one.payload.number || one.order}: ${say(`act_${one.kind}`)}${size}`),
      h("small", {}, new Date(one.client_at).toTimeString().slice(0, 5)),
      one.state === "conflict" && [h("small", {}, say("yours", say(`act_${one.kind}`))), h("small", {}, say("office", `${why}${office.technician ? ` (${office.technician})` : ""}`)), h("small", {}, say("conflict_hint"))],
      one.state === "refused" && h("small", {}, `${say("refused")}: ${why}`), one.state === "gone" && h("small", {}, say("missing"))),
    (one.state === "conflict" || one.state === "refused") && button(say("dismiss"), async () => { await store.drop(one.seq); draw(); }, { look: "btn-sm" }));
  }

  function fileRow(one) {
    const size = one.bytes.byteLength;
    const words = one.why || `${Math.round(one.sent / 1024)} / ${Math.round(size / 1024)} kB`;
    return h("li", { class: "list-group-item", "data-file": one.id }, h("span", { class: "list-main" }, h("strong", {}, `${one.order}: ${say("act_photo")}`), h("small", {}, words)),
      one.why ? button(say("dismiss"), async () => { await store.dropFile(one.id); draw(); }, { look: "btn-sm" }) : h("progress", { max: size, value: one.sent, "aria-label": say("act_photo") }));
  }

  function syncPage(actions, files) {
    const own = actions.filter((one) => one.user === USER);
    const waiting = own.filter((one) => one.state === "new");
    const mine = files.filter((one) => one.user === USER && one.isAnnounced);
    const coming = mine.filter((one) => !one.why), refused = mine.filter((one) => one.why);
    const list = (title, rows, row = syncRow) => rows.length > 0 && h("section", { class: "card" }, h("div", { class: "card-header" }, h("h2", { class: "card-title" }, title)), h("ul", { class: "list-group" }, rows.map(row)));
    return [
      h("header", { class: "page-head" }, h("h1", {}, say("sync")), h("p", {}, waiting.length + coming.length ? say("waiting", waiting.length + coming.length) : say("all_sent"))),
      list(say("sync"), waiting), list(say("photos", coming.length), coming, fileRow), list(say("refused"), refused, fileRow),
      list(say("conflicts"), own.filter((one) => one.state !== "new" && one.state !== "final")),
      own.length < actions.length && h("p", { class: "notice tone-warning" }, say("other_user")),
      waiting.length > 0 && h("p", { class: "form-hint" }, say("sync_hint")),
      button(say("sync_now"), () => send.now(), { look: "btn-primary btn-block", symbol: "refresh" }),
    ];
  }

  function pill(count) {
    const made = document.getElementById("sync-pill");
    if (!made) return;
    const state = window.field.state === "online" ? (count ? "waiting" : "online") : "offline";
    made.dataset.state = state;
    made.querySelector("[data-sync-words]").textContent = count ? `${count} ${made.dataset.waiting}` : made.dataset[state];
    document.querySelectorAll("[data-kept-copy]").forEach((note) => { note.hidden = window.field.state !== "offline"; });
    document.querySelectorAll("[data-refused]").forEach((note) => {
      note.hidden = !window.field.refused;
      note.querySelector("[data-refused-words]").textContent = window.field.refused || "";
    });
    document.querySelectorAll("[data-sign-in]").forEach((note) => { note.hidden = window.field.state !== "sign-in"; });
  }

  function page(jobs, actions, day, round, files) {
    const path = location.pathname;
    if (window.field.round?.isShown(path)) return window.field.round.page(round, actions, draw);
    const number = /\/jobs\/([^/]+)\/$/.exec(path)?.[1];
    if (number) return jobPage(jobs.find((job) => job.number === number));
    if (path.startsWith("/technician/sync")) return syncPage(actions, files);
    if (!day || day.user !== USER) return [h("header", { class: "page-head" }, h("h1", {}, say("today"))), h("p", {}, say("no_jobs_hint"))];
    if (Date.now() - day.at > WEEK_MS) return [h("p", { class: "notice tone-warning" }, say("too_old"))];
    if (path.startsWith("/technician/map")) return window.field.map.page(jobs, day, card, go);
    return today(jobs, day);
  }

  // Drawn anew only when something is different, so that nobody's typing or signing is disturbed.
  async function draw() {
    const [known, actions, day, round, files] = await Promise.all([store.all("jobs"), store.all("actions"), store.fact("day"), store.fact("round"), store.all("files")]);
    const own = day && day.user === USER ? known : [];
    van = (day && day.user === USER && day.van) || [];
    const jobs = own.map((job) => withWaiting(job, actions)).sort((one, two) => `${one.day}${one.window}`.localeCompare(`${two.day}${two.window}`));
    if (await window.field.pin.guard(draw)) { shown = ""; return; }
    hasPin = !crypto.subtle || await window.field.pin.isSet();
    pill(actions.filter((one) => one.state === "new" && one.user === USER).length + files.filter((one) => one.isAnnounced && one.user === USER).length);
    const now = JSON.stringify([location.pathname, jobs, actions.map((one) => [one.seq, one.state, one.payload.void_reason]), files.map((one) => [one.id, one.sent, one.isAnnounced, one.why]), round && [round.held, round.stops], window.field.round?.state(), hasPin, Boolean(asking), day && [day.today, day.to_accept]]);
    if (now === shown && !(asking && !asking.isConnected)) return;
    shown = now;
    const held = root.contains(document.activeElement) ? document.activeElement.dataset?.key : "";
    const typing = root.querySelector("textarea:focus");
    if (typing && typing.value) { shown = ""; return; }
    root.replaceChildren(...page(jobs, actions, day, round, files).flat().filter(Boolean));
    if (held) root.querySelector(`[data-key="${held}"]`)?.focus();
  }

  addEventListener("popstate", () => { asking = null; shown = ""; draw(); });
  send.onChange(draw);
  navigator.storage?.persist?.();
  draw().then(() => send.now());
})();
