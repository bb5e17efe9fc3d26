// Sends what waits on the phone, in order for each job, one sender over all tabs. What the office
// answered 200 or 202 goes; what differs stays to be seen; anything else is tried again later.
(() => {
  "use strict";
  const { store } = window.field;
  const FIRST_WAIT_MS = 5000;
  const LONGEST_WAIT_MS = 15 * 60 * 1000;
  const MOST_ACTS = 50; // at once
  const MOST_BYTES = 200 * 1024;
  const STATE_AFTER = { start: "EN_ROUTE", turn_back: "ASSIGNED", arrive: "IN_PROGRESS", complete: "COMPLETED", fail: "FAILED" };
  // A photo over a slow 2G line; without an end one dead request would hold every tab's turn.
  const LONGEST_ANSWER_MS = 3 * 60 * 1000;
  let wait = FIRST_WAIT_MS;
  let timer = 0;
  const told = [];

  const onChange = (listener) => told.push(listener);
  const tell = () => told.forEach((listener) => listener());

  async function ask(url, { headers = {}, ...options } = {}) {
    const known = await window.field.phone.secret();
    const all = { ...headers, ...(known && { "X-Field-Device": known }) };
    const answer = await fetch(url, { credentials: "same-origin", redirect: "manual", signal: AbortSignal.timeout?.(LONGEST_ANSWER_MS), headers: all, ...options });
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) throw new Error("sign-in");
    return answer;
  }

  const said = ({ id, order, kind, payload, after, base_version, client_at }) => ({ id, order, kind, payload, after, base_version, client_at });

  // An act with its picture inside it (a browser without sums), and money, go one by one.
  async function sendOne(action, token) {
    const body = new FormData();
    body.append("action", JSON.stringify(said(action)));
    body.append("sent_at", new Date().toISOString());
    if (action.file) body.append("file", new Blob([action.file], { type: "image/jpeg" }), "photo.jpg");
    const answer = await ask(action.kind === "payment" ? "/technician/round/payments/" : "/technician/outbox/", { method: "POST", body, headers: { "X-CSRFToken": token } });
    return [{ status: answer.status, ...(await answer.json().catch(() => ({}))) }];
  }

  async function sendMany(actions, token) {
    const body = JSON.stringify({ sent_at: new Date().toISOString(), actions: actions.map(said) });
    const answer = await ask("/technician/outbox/", { method: "POST", body, headers: { "X-CSRFToken": token, "Content-Type": "application/json" } });
    if (!answer.ok) throw new Error(`answer ${answer.status}`);
    return (await answer.json()).answers;
  }

  // As many as go at once, in the order they were done.
  function batches(actions) {
    const made = [];
    let room = 0;
    for (const action of actions) {
      const size = new Blob([JSON.stringify(said(action))]).size + 1;
      const isAlone = Boolean(action.file) || action.kind === "payment" || size > MOST_BYTES;
      const last = made.at(-1);
      if (isAlone || !last || last.isAlone || last.length >= MOST_ACTS || size > room) {
        made.push(Object.assign([action], { isAlone }));
        room = MOST_BYTES - size;
      } else {
        last.push(action);
        room -= size;
      }
    }
    return made;
  }

  // Keeps what became of an act; returns whether the next one of its job may be sent.
  async function take(action, { status, ...answer }) {
    if (status === 200 && action.kind === "payment") {
      await store.put({ ...action, state: "final", at: Date.now(), answer });
      return true;
    }
    if (status === 200 || status === 202) {
      await store.settle(action, null, { follows: true, change: (job) => (status === 200 ? { ...withAct(job, action), ...officeState(answer) } : job) });
      return true;
    }
    if (status === 409 || status === 422) {
      const differs = status === 409;
      await store.settle(action, { ...action, file: null, state: differs ? "conflict" : "refused", answer }, { follows: differs, change: (job) => ({ ...job, ...officeState(answer) }) });
      return true;
    }
    if (status === 404 || status === 400) {
      await store.put({ ...action, state: "gone" });
      return false;
    }
    await store.put({ ...action, attempts: action.attempts + 1 });
    throw new Error(`answer ${status}`);
  }

  // The office's state of a job, as its answer said.
  const officeState = ({ state, version }) => (state ? { state, version } : {});

  // A job as it is once an act is applied: the phone shows it before it reads its day anew.
  function withAct(job, action) {
    const visit = structuredClone(job.visit) || { answers: {}, photos: [], materials: [], signed: false };
    const told = action.payload;
    const made = { ...job, visit, state: STATE_AFTER[action.kind] || job.state };
    if (action.kind === "answer") { visit.answers[told.key] = told; visit.signed = false; }
    if (action.kind === "photo") visit.photos.push(told.item);
    if (action.kind === "material") { visit.materials.push(`${told.quantity} × ${told.name} ${told.serial}`.trim()); visit.signed = false; }
    if (action.kind === "sign") visit.signed = true;
    if (action.kind === "swap") made.swap_asked = true;
    if (action.kind === "correct" && told.point) { made.lat = told.point.lat; made.lon = told.point.lon; }
    if (action.kind === "correct" && told.phone) { made.phone = made.phone_shown = told.phone; }
    if (action.kind === "arrive" && told.point) visit.accuracy = told.point.accuracy;
    return made;
  }

  async function sendBatch(batch, token) {
    try {
      return [await (batch.isAlone ? sendOne(batch[0], token) : sendMany(batch, token)), null];
    } catch (error) {
      for (const action of batch) await store.put({ ...action, attempts: action.attempts + 1 });
      return [[], error];
    }
  }

  async function flush() {
    const own = Number(document.getElementById("field-app")?.dataset.user);
    const any = (await store.all("actions")).some((one) => one.state === "new" && (!own || one.user === own));
    if (!any) return;
    const who = await (await ask("/technician/token/")).json();
    const waiting = (await store.all("actions")).filter((one) => one.state === "new" && one.user === who.user);
    const held = new Set();
    let failed = null;
    for (const made of batches(waiting)) {
      const batch = Object.assign(made.filter((one) => !held.has(one.order)), { isAlone: made.isAlone });
      if (!batch.length) continue;
      const [answers, error] = await sendBatch(batch, who.token);
      if (error) {
        failed = error;
        if (error.message === "sign-in" || error.name === "TimeoutError" || error instanceof TypeError) break;
      }
      for (const [at, action] of batch.entries()) {
        const isTaken = answers[at] && !held.has(action.order) && await take(action, answers[at]).catch((refusal) => { failed = refusal; return false; });
        if (!isTaken) held.add(action.order);
      }
      tell();
    }
    if (failed) throw failed;
  }

  async function refresh() {
    if (!(await window.field.phone.register(ask))) return;
    const answer = await ask("/technician/day/");
    if (answer.status === 404) throw new Error("ended");
    if (!answer.ok) throw new Error(`answer ${answer.status}`);
    await store.keepDay(await answer.json());
    if (document.getElementById("field-app")?.dataset.collects) await refreshRound();
    tell();
  }

  // The doors with what they owe, and once a phone the code that its receipts begin with.
  async function refreshRound() {
    const user = Number(document.getElementById("field-app").dataset.user);
    let device = await store.fact(`device:${user}`);
    if (!device) {
      const { token } = await (await ask("/technician/token/")).json();
      const made = await ask("/technician/round/device/", { method: "POST", headers: { "X-CSRFToken": token } });
      if (!made.ok) throw new Error(`answer ${made.status}`);
      device = { code: (await made.json()).code, counter: 0 };
      await store.note(`device:${user}`, device);
    }
    const answer = await ask("/technician/round/day/");
    if (!answer.ok) throw new Error(`answer ${answer.status}`);
    await store.note("round", { ...(await answer.json()), user, device: device.code, at: Date.now() });
    const old = (await store.all("actions")).filter((one) => one.state === "final" && Date.now() - one.at > 2 * 24 * 60 * 60 * 1000);
    for (const one of old) await store.drop(one.seq);
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(now, wait);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }

  async function run() {
    try {
      await flush();
      await refresh();
      await window.field.files.send(ask, tell);
      window.field.state = "online";
      wait = FIRST_WAIT_MS;
    } catch (error) {
      window.field.state = error.message === "sign-in" ? "sign-in" : "offline";
      if (["sign-in", "ended"].includes(error.message) && await window.field.phone.farewell()) return;
      later();
    }
    tell();
  }

  // One sender at a time over all tabs; who asks while another sends has its turn after it, so what
  // was added meanwhile never waits for the next minute.
  let asked = null;
  let last = Promise.resolve();

  function now() {
    if (asked) return asked;
    const begin = () => { asked = null; return run(); };
    asked = navigator.locks ? navigator.locks.request("field-send", begin) : last.then(begin);
    last = asked;
    return asked;
  }

  addEventListener("online", () => { wait = FIRST_WAIT_MS; now(); });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") now(); });
  setInterval(() => { if (document.visibilityState === "visible") now(); }, 60000);

  Object.assign(window.field, { withAct, send: { now, ask, onChange, tell }, state: navigator.onLine ? "online" : "offline" });
})();
