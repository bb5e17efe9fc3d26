// What lies on the technician's phone: the day, and every act that is not sent yet. One database
// that all tabs share; an act is on the disk before the page says "saved".
(() => {
  "use strict";
  const NAME = "ispbill-field";
  const VERSION = 2; // rows are kept: a newer version only adds stores
  let opened = null;

  function open() {
    opened = opened || new Promise((resolve, reject) => {
      const asked = indexedDB.open(NAME, VERSION);
      asked.onupgradeneeded = () => {
        const base = asked.result;
        if (!base.objectStoreNames.contains("jobs")) base.createObjectStore("jobs", { keyPath: "number" });
        if (!base.objectStoreNames.contains("actions")) base.createObjectStore("actions", { keyPath: "seq", autoIncrement: true });
        if (!base.objectStoreNames.contains("facts")) base.createObjectStore("facts");
        if (!base.objectStoreNames.contains("files")) base.createObjectStore("files", { keyPath: "id" });
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
    doing.objectStore("facts").put({ user: day.user, today: day.today, van: day.van || [], to_accept: day.to_accept || 0, at: Date.now() }, "day");
  });

  const hex = (bytes) => [...new Uint8Array(bytes)].map((one) => (one + 256).toString(16).slice(1)).join("");

  // `after` names the act before it of the same job on this phone, so that none overtakes another.
  // A picture is announced by its act and lies beside it until its parts are sent.
  async function add(action) {
    const { file, ...rest } = action;
    const id = crypto.randomUUID();
    const isApart = Boolean(file && crypto.subtle);
    const payload = isApart ? { ...rest.payload, file: { size: file.byteLength, sha256: hex(await crypto.subtle.digest("SHA-256", file)) } } : rest.payload;
    return change(["actions", "facts", "files"], (doing, give) => {
      const facts = doing.objectStore("facts");
      const key = `last:${action.user}:${action.order}`;
      const asked = facts.get(key);
      asked.onsuccess = () => {
        const row = {
          ...rest, payload, id, file: isApart ? null : file, after: asked.result || null,
          client_at: new Date().toISOString(), state: "new", attempts: 0,
        };
        doing.objectStore("actions").add(row);
        if (isApart) doing.objectStore("files").add({ id, user: action.user, order: action.order, item: payload.item, bytes: file, sent: 0, isAnnounced: false });
        facts.put(id, key);
        give(row);
      };
    });
  }

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
  const putFile = (file) => change(["files"], (doing) => { doing.objectStore("files").put(file); });
  const dropFile = (id) => change(["files"], (doing) => { doing.objectStore("files").delete(id); });

  // An act the office has: its row goes or stays to be seen, its picture may follow or not, and its
  // job is shown at once as the office has it now.
  const settle = (action, left, { follows, change: changed }) => change(["actions", "files", "jobs"], (doing) => {
    const actions = doing.objectStore("actions");
    if (left) actions.put(left);
    else actions.delete(action.seq);
    const jobs = doing.objectStore("jobs");
    const job = jobs.get(action.order);
    job.onsuccess = () => { if (job.result) jobs.put(changed(job.result)); };
    const files = doing.objectStore("files");
    const asked = files.get(action.id);
    asked.onsuccess = () => {
      if (!asked.result) return;
      if (follows) files.put({ ...asked.result, isAnnounced: true });
      else files.delete(action.id);
    };
  });

  // All of one person's: another's rows on a shared phone stay theirs.
  async function forget(user) {
    const [actions, files] = [await all("actions"), await all("files")];
    await change(["jobs", "actions", "files", "facts"], (doing) => {
      actions.filter((one) => one.user === user).forEach((one) => doing.objectStore("actions").delete(one.seq));
      files.filter((one) => one.user === user).forEach((one) => doing.objectStore("files").delete(one.id));
      doing.objectStore("jobs").clear();
      ["day", "round", `device:${user}`, `phone:${user}`, `pin:${user}`].forEach((key) => doing.objectStore("facts").delete(key));
    });
    if ([...actions, ...files].every((one) => one.user === user)) await wipe();
  }

  async function wipe() {
    const base = await open();
    base.close();
    opened = null;
    await new Promise((resolve) => {
      const asked = indexedDB.deleteDatabase(NAME);
      asked.onsuccess = asked.onerror = asked.onblocked = resolve;
    });
  }

  window.field = { store: { all, fact, note, keepDay, add, addReceipt, put, drop, putFile, dropFile, settle, forget, wipe } };
})();
