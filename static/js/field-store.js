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
    doing.objectStore("facts").put({ user: day.user, today: day.today, at: Date.now() }, "day");
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

  window.field = { store: { all, fact, note, keepDay, add, put, drop, wipe } };
})();
