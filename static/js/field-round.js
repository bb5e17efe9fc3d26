// The collector's round, drawn from what lies on the phone: the doors, taking cash, its receipts.
// Cash is worth a receipt at once: the number is made on the phone, in one write with the act.
(() => {
  "use strict";
  const { store, send, parts } = window.field;
  if (!parts) return;
  const { h, icon, say, button, labelled, root } = parts;
  const USER = Number(root.dataset.user);
  const DAY_MS = 24 * 60 * 60 * 1000;
  const MOST_UNSENT = 200;
  const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  let looking = "";
  let chosen = null; // a door's number
  let shownReceipt = null; // a receipt's number
  let paper = localStorage.getItem("round-paper") || "58";
  let redraw = () => {};

  // ISO 7064 MOD 37,36, as `rounds.rules.numbers` on the server.
  function checkCharacter(text) {
    let product = 36;
    for (const one of text) product = (((product + ALPHABET.indexOf(one)) % 36 || 36) * 2) % 37;
    return ALPHABET[(37 - product) % 36];
  }

  function numberOf(code, counter) {
    const digits = String(counter).padStart(5, "0");
    return `PR-${code}-${digits}-${checkCharacter(code + digits)}`;
  }

  const { cents, plain, written } = window.ispbill.money;
  const money = (amount, round) => written(amount, round.style);
  // A moment by the phone's clock, as the server writes it.
  const local = (text) => { const at = new Date(text); return new Date(at - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16).replace("T", " "); };
  const isOwn = (one) => one.kind === "payment" && one.user === USER;
  const waiting = (actions) => actions.filter((one) => isOwn(one) && one.state !== "final" && !one.payload.void_reason);
  const unsent = (actions) => actions.filter((one) => isOwn(one) && one.state !== "final");
  const inPocket = (round, actions) => cents(round.held) + waiting(actions).reduce((sum, one) => sum + cents(one.payload.amount), 0);

  // What a door owes once what waits here is in the books.
  function due(stop, actions) {
    const taken = waiting(actions).filter((one) => one.payload.customer === stop.number).reduce((sum, one) => sum + cents(one.payload.amount), 0);
    return cents(stop.due) - taken;
  }

  async function take(stop, text, round, actions) {
    const taken = cents(text);
    if (!taken) { window.alert(say("amount_wrong")); return; }
    if (round.limit && inPocket(round, actions) + taken > cents(round.limit)) { window.alert(say("over_limit", money(cents(round.limit), round))); return; }
    if (unsent(actions).length >= MOST_UNSENT) { window.alert(say("too_many")); return; }
    const amount = plain(taken);
    const made = await store.addReceipt({ user: USER, order: `PR:${stop.number}`, kind: "payment", file: null, base_version: 0,
      payload: { customer: stop.number, name: stop.name, amount } }, numberOf);
    chosen = null;
    shownReceipt = made.payload.number;
    await redraw();
    window.ispbill?.announce?.(say("saved_here"));
    scrollTo(0, 0);
    send.now();
  }

  async function giveBack(one) {
    const reason = window.prompt(say("why"));
    if (!reason || reason.trim().length < 10) return;
    await store.put({ ...one, payload: { ...one.payload, void_reason: reason.trim() } });
    await redraw();
  }

  function slip(one, round) {
    const office = one.answer || {};
    const isFinal = one.state === "final" && office.receipt;
    const at = isFinal ? office.taken : local(one.client_at);
    const line = (label, value) => value && h("p", {}, h("span", {}, label), " ", h("strong", {}, value));
    return h("section", { class: `card is-padded slip slip-${paper}`, "data-receipt": one.payload.number, "data-state": isFinal ? "final" : one.state },
      h("h2", {}, round.company), h("p", {}, h("strong", {}, one.payload.void_reason ? say("voided") : say(isFinal ? "final" : "provisional"))),
      isFinal && line("", office.receipt), h("p", { class: "code" }, one.payload.number), h("p", {}, at),
      h("p", {}, one.payload.name, " ", h("span", { class: "code" }, one.payload.customer)),
      h("p", { class: "slip-amount" }, money(cents(one.payload.amount), round)), h("p", {}, say("by", round.collector)),
      isFinal && cents(office.credit || "0") > 0 && h("p", {}, say("credit_note", money(cents(office.credit), round))),
      isFinal && cents(office.balance || "0") > 0 && h("p", {}, say("balance_note", money(cents(office.balance), round))),
      !one.payload.void_reason && h("p", {}, say(isFinal ? "final_note" : "provisional_note"), " ", !isFinal && say("provisional_line")),
      one.state !== "new" && !isFinal && office.why && h("p", { class: "tone-text-danger" }, office.why));
  }

  // The same words as the slip on the page, a line each.
  async function printNearby(way) {
    const slipShown = document.querySelector(".slip");
    const lines = [...slipShown.children].map((one) => ({ text: one.innerText.replace(/\s+/g, " "), isLarge: one.matches("h2, .slip-amount") }));
    try {
      await window.ispbill.printer.print(lines, paper, way);
      window.ispbill.announce?.(say("printed"));
    } catch (_error) {
      window.alert(say("no_printer"));
    }
  }

  function receiptPage(one, round) {
    const stop = (round.stops || []).find((door) => door.number === one.payload.customer);
    const text = `${say(one.state === "final" ? "final" : "provisional")} ${one.answer?.receipt || one.payload.number}: ${money(cents(one.payload.amount), round)}. ${round.company}`;
    const width = h("select", { class: "form-select", onchange: (event) => { paper = event.target.value; localStorage.setItem("round-paper", paper); redraw(); } },
      ["58", "80"].map((size) => h("option", { value: size, selected: size === paper }, `${size} mm`)));
    return [
      h("p", { class: "no-print" }, button(say("all_doors"), () => { shownReceipt = null; redraw(); }, { symbol: "chevron-left" })),
      slip(one, round),
      h("section", { class: "form-stack no-print" }, one.state === "new" && button(say("sync_now"), () => send.now(), { look: "btn-block", symbol: "refresh" }), button(say("print"), () => window.print(), { look: "btn-primary btn-block", symbol: "printer" }), labelled(say("paper"), width),
        window.ispbill.printer?.canBluetooth && button(say("print_bluetooth"), () => printNearby("bluetooth"), { look: "btn-block", symbol: "printer" }),
        window.ispbill.printer?.canUsb && button(say("print_usb"), () => printNearby("usb"), { look: "btn-block", symbol: "printer" }),
        stop && h("a", { class: "btn btn-block", href: `sms:${stop.phone}?body=${encodeURIComponent(text)}` }, icon("message"), " ", say("sms")),
        one.state === "new" && !one.payload.void_reason && button(say("void_receipt"), () => giveBack(one), { look: "btn-block btn-outline-danger" })),
    ];
  }

  function door(stop, round, actions) {
    const left = due(stop, actions);
    const head = h("button", { type: "button", class: "list-group-item", "aria-expanded": String(chosen === stop.number), onclick: () => { chosen = chosen === stop.number ? null : stop.number; redraw(); } },
      h("span", { class: "list-main" }, h("strong", {}, stop.name), h("small", {}, stop.address), stop.is_cut_off && h("small", {}, say("cut_off"))),
      h("span", { class: "chip" }, left > 0 ? money(left, round) : icon("circle-check")));
    if (chosen !== stop.number) return h("li", {}, head);
    const amount = h("input", { class: "form-control", inputmode: "decimal", autocomplete: "off", required: true, value: left > 0 ? plain(left) : "" });
    const form = h("form", { class: "card-body form-stack" }, h("p", {}, h("a", { class: "btn", href: `tel:${stop.phone}` }, icon("phone"), " ", stop.phone_shown)),
      labelled(say("amount_taken"), amount, say("owes", money(Math.max(left, 0), round))), h("button", { class: "btn btn-primary btn-block btn-lg", type: "submit" }, say("take_money")));
    form.addEventListener("submit", (event) => { event.preventDefault(); take(stop, amount.value, round, actions); });
    return h("li", {}, head, form);
  }

  function doors(round, actions) {
    const search = h("input", { class: "form-control", type: "search", value: looking, "aria-label": say("find_door"), placeholder: say("find_door"),
      oninput: (event) => { looking = event.target.value; list.replaceChildren(...sections()); } });
    const fits = (stop) => looking.toLowerCase().split(/\s+/).every((word) => `${stop.name} ${stop.address} ${stop.number} ${stop.phone_shown}`.toLowerCase().includes(word));
    const sections = () => {
      const areas = new Map();
      round.stops.filter(fits).forEach((stop) => areas.set(stop.area, [...(areas.get(stop.area) || []), stop]));
      return [...areas].map(([area, stops]) => h("section", { class: "card" }, h("div", { class: "card-header" }, h("h2", { class: "card-title" }, area)),
        h("ul", { class: "list-group" }, stops.map((stop) => door(stop, round, actions)))));
    };
    const list = h("div", {}, sections());
    return [search, list];
  }

  function notices(round, actions) {
    const age = Date.now() - round.at;
    const waits = unsent(actions).length;
    const held = money(inPocket(round, actions), round);
    return [
      age > DAY_MS && h("p", { class: "notice tone-warning" }, say("round_old")),
      !round.device && h("p", { class: "notice tone-warning" }, say("round_no_device")),
      h("p", {}, round.limit ? say("in_pocket_limit", held, money(cents(round.limit), round)) : say("in_pocket", held), waits ? ` · ${say("waiting", waits)}` : ""),
      waits ? h("p", { class: "form-hint" }, say("hand_over_wait", waits)) : h("p", {}, h("a", { class: "btn", href: "/technician/round/hand-over/" }, icon("cash"), " ", say("hand_over"))),
    ];
  }

  function taken(actions, round) {
    const own = actions.filter(isOwn).reverse();
    return own.length > 0 && h("section", { class: "card" }, h("div", { class: "card-header" }, h("h2", { class: "card-title" }, say("taken_today"))),
      h("ul", { class: "list-group" }, own.map((one) => h("li", {}, h("button", { type: "button", class: "list-group-item", onclick: () => { shownReceipt = one.payload.number; redraw(); } },
        h("span", { class: "list-main" }, h("strong", {}, one.payload.name), h("small", { class: "code" }, one.answer?.receipt || one.payload.number)),
        h("span", { class: "chip" }, one.payload.void_reason ? say("voided") : money(cents(one.payload.amount), round)), icon(one.state === "final" ? "circle-check" : "clock"))))));
  }

  function page(round, actions, again) {
    redraw = again;
    if (!round || round.user !== USER) return [h("header", { class: "page-head" }, h("h1", {}, say("round"))), h("p", {}, say("round_no_copy"))];
    const one = shownReceipt && actions.find((found) => isOwn(found) && found.payload.number === shownReceipt);
    if (one) return receiptPage(one, round);
    const total = round.stops.reduce((sum, stop) => sum + Math.max(due(stop, actions), 0), 0);
    const head = h("header", { class: "page-head" }, h("h1", {}, say("round")), h("p", {}, say("round_count", round.stops.length, money(total, round))));
    if (Date.now() - round.at > 7 * DAY_MS) return [head, h("p", { class: "notice tone-warning" }, say("round_too_old")), taken(actions, round)];
    const list = round.device ? doors(round, actions) : [];
    return [head, ...notices(round, actions), taken(actions, round), ...(round.stops.length ? list : [h("p", {}, say("round_nobody"))])];
  }

  const state = () => [looking, chosen, shownReceipt, paper];
  Object.assign(window.field, { round: { page, state, isShown: (path) => path.startsWith("/technician/round") || (root.dataset.collects === "only" && path === "/technician/") } });
})();
