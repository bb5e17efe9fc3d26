// Sends what waits on the phone, in order for each job, one sender over all tabs. What the office
// answered 200 or 202 goes; what differs stays to be seen; anything else is tried again later.
(() => {
  "use strict";
  const { store } = window.field;
  const FIRST_WAIT_MS = 5000;
  const LONGEST_WAIT_MS = 15 * 60 * 1000;
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

  async function sendOne(action, token) {
    const { file, ...rest } = action;
    const body = new FormData();
    const { id, order, kind, payload, after, base_version, client_at } = rest;
    body.append("action", JSON.stringify({ id, order, kind, payload, after, base_version, client_at }));
    body.append("sent_at", new Date().toISOString());
    if (file) body.append("file", new Blob([file], { type: "image/jpeg" }), "photo.jpg");
    return ask(kind === "payment" ? "/technician/round/payments/" : "/technician/outbox/", { method: "POST", body, headers: { "X-CSRFToken": token } });
  }

  // Returns whether the next act of this job may be sent.
  async function take(action, token) {
    const answer = await sendOne(action, token);
    if (answer.status === 200 && action.kind === "payment") {
      await store.put({ ...action, state: "final", at: Date.now(), answer: await answer.json() });
      return true;
    }
    if (answer.status === 200 || answer.status === 202) {
      await store.settle(action, null, true);
      return true;
    }
    if (answer.status === 409 || answer.status === 422) {
      const differs = answer.status === 409;
      await store.settle(action, { ...action, file: null, state: differs ? "conflict" : "refused", answer: await answer.json() }, differs);
      return true;
    }
    if (answer.status === 404 || answer.status === 400) {
      await store.put({ ...action, state: "gone" });
      return false;
    }
    throw new Error(`answer ${answer.status}`);
  }

  async function flush() {
    const own = Number(document.getElementById("field-app")?.dataset.user);
    const any = (await store.all("actions")).some((one) => one.state === "new" && (!own || one.user === own));
    if (!any) return;
    const who = await (await ask("/technician/token/")).json();
    const waiting = (await store.all("actions")).filter((one) => one.state === "new" && one.user === who.user);
    const held = new Set();
    let failed = null;
    for (const action of waiting) {
      if (held.has(action.order)) continue;
      try {
        if (!(await take(action, who.token))) held.add(action.order);
        tell();
      } catch (error) {
        held.add(action.order);
        failed = error;
        await store.put({ ...action, attempts: action.attempts + 1 });
        if (error.message === "sign-in" || error.name === "TimeoutError" || error instanceof TypeError) break;
      }
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

  Object.assign(window.field, { send: { now, onChange, tell }, state: navigator.onLine ? "online" : "offline" });
})();
