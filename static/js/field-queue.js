// What lies on the technician's phone: the day, and every act that is not sent yet. One database
// that all tabs share; an act is on the disk before the page says "saved".
(() => {
  "use strict";
  const NAME = "ispbill-field";
  const VERSION = 1;
  let opened = null;

  function open() {
    opened = opened || new Promise((resolve, reject) => {
      const asked = indexedDB.open(NAME, VERSION);
      asked.onupgradeneeded = () => {
        const base = asked.result;
        if (!base.objectStoreNames.contains("jobs")) base.createObjectStore("jobs", { keyPath: "number" });
        if (!base.objectStoreNames.contains("actions")) base.createObjectStore("actions", { keyPath: "seq", autoIncrement: true });
        if (!base.objectStoreNames.contains("facts")) base.createObjectStore("facts");
      };
      asked.onsuccess = () => {
        asked.result.onversionchange = () => { asked.result.close(); opened = null; };
        resolve(asked.result);
      };
      asked.onerror = () => reject(asked.error);
    });
    return opened;
  }

  async function change(stores, work, mode = "readwrite") {
    const base = await open();
    return new Promise((resolve, reject) => {
      const doing = base.transaction(stores, mode, mode === "readwrite" ? { durability: "strict" } : undefined);
      let result;
      doing.oncomplete = () => resolve(result);
      doing.onerror = doing.onabort = () => reject(doing.error);
      work(doing, (value) => { result = value; });
    });
  }

  const all = (store) => change([store], (doing, give) => {
    const asked = doing.objectStore(store).getAll();
    asked.onsuccess = () => give(asked.result);
  }, "readonly");

  const fact = (key) => change(["facts"], (doing, give) => {
    const asked = doing.objectStore("facts").get(key);
    asked.onsuccess = () => give(asked.result);
  }, "readonly");

  const note = (key, value) => change(["facts"], (doing) => { doing.objectStore("facts").put(value, key); });

  // Another person's jobs are never shown: a day of somebody else replaces all of them.
  const keepDay = (day) => change(["jobs", "facts"], (doing) => {
    const jobs = doing.objectStore("jobs");
    jobs.clear();
    day.jobs.forEach((job) => jobs.put(job));
    doing.objectStore("facts").put({ user: day.user, today: day.today, van: day.van || [], at: Date.now() }, "day");
  });

  // `after` names the act before it of the same job on this phone, so that none overtakes another.
  const add = (action) => change(["actions", "facts"], (doing, give) => {
    const facts = doing.objectStore("facts");
    const key = `last:${action.user}:${action.order}`;
    const asked = facts.get(key);
    asked.onsuccess = () => {
      const row = {
        ...action, id: crypto.randomUUID(), after: asked.result || null,
        client_at: new Date().toISOString(), state: "new", attempts: 0,
      };
      doing.objectStore("actions").add(row);
      facts.put(row.id, key);
      give(row);
    };
  });

  // The receipt's number is counted in the same write as the act, so no number is used twice.
  const addReceipt = (action, numberOf) => change(["actions", "facts"], (doing, give) => {
    const facts = doing.objectStore("facts");
    const asked = facts.get(`device:${action.user}`);
    asked.onsuccess = () => {
      const device = { ...asked.result, counter: asked.result.counter + 1 };
      const row = {
        ...action, id: crypto.randomUUID(), after: null, client_at: new Date().toISOString(), state: "new", attempts: 0,
        payload: { ...action.payload, number: numberOf(device.code, device.counter) },
      };
      facts.put(device, `device:${action.user}`);
      doing.objectStore("actions").add(row);
      give(row);
    };
  });

  const put = (action) => change(["actions"], (doing) => { doing.objectStore("actions").put(action); });
  const drop = (seq) => change(["actions"], (doing) => { doing.objectStore("actions").delete(seq); });

  async function wipe() {
    const base = await open();
    base.close();
    opened = null;
    await new Promise((resolve) => {
      const asked = indexedDB.deleteDatabase(NAME);
      asked.onsuccess = asked.onerror = asked.onblocked = resolve;
    });
  }

  window.field = { store: { all, fact, note, keepDay, add, addReceipt, put, drop, wipe } };
})();

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

  async function ask(url, options) {
    const answer = await fetch(url, { credentials: "same-origin", redirect: "manual", signal: AbortSignal.timeout?.(LONGEST_ANSWER_MS), ...options });
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
      await store.drop(action.seq);
      return true;
    }
    if (answer.status === 409 || answer.status === 422) {
      const said = await answer.json();
      await store.put({ ...action, file: null, state: answer.status === 409 ? "conflict" : "refused", answer: said });
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
    const answer = await ask("/technician/day/");
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
      window.field.state = "online";
      wait = FIRST_WAIT_MS;
    } catch (error) {
      window.field.state = error.message === "sign-in" ? "sign-in" : "offline";
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
