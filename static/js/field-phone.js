// The phone's own secret: by it the office can end a lost one. An ended phone hands in what it still
// has, then deletes all of its person's and says so.
(() => {
  "use strict";
  const { store } = window.field;
  const MOST_ACTS = 200;
  const user = () => Number(document.querySelector("[data-field-user]")?.dataset.fieldUser || document.getElementById("field-app")?.dataset.user || 0);
  const secret = async () => (user() ? (await store.fact(`phone:${user()}`)) || "" : "");

  const say = (said) => fetch("/technician/farewell/", { method: "POST", credentials: "omit", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ sent_at: new Date().toISOString(), ...said }) });

  // The secret is made and kept here first: however often it is sent, it is one phone.
  async function made() {
    const known = await secret();
    if (known) return known;
    const fresh = crypto.randomUUID() + crypto.randomUUID();
    await store.note(`phone:${user()}`, fresh);
    return fresh;
  }

  // Known by the office, or told why not: then nothing is kept here.
  async function register(ask) {
    if (!user()) return true;
    const own = await made();
    if (sessionStorage.getItem("field-known") === own) return true;
    const { token } = await (await ask("/technician/token/")).json();
    const answer = await ask("/technician/device/", { method: "POST", headers: { "X-CSRFToken": token } });
    window.field.refused = "";
    if (answer.status === 409) {
      window.field.refused = (await answer.json()).why;
      window.field.send?.tell();
      return false;
    }
    if (answer.status === 404) throw new Error("ended");
    if (!answer.ok) throw new Error(`answer ${answer.status}`);
    await answer.text(); // an answer nobody reads keeps its connection
    sessionStorage.setItem("field-known", own);
    return true;
  }

  async function clean(own) {
    await store.forget(own);
    sessionStorage.clear();
    for (const name of await caches.keys()) if (name.startsWith("technician-pages")) await caches.delete(name);
  }

  // Asks whether this phone was ended; if so, hands in, wipes and says so. Tells whether it was.
  async function farewell() {
    const own = user();
    const token = await secret();
    if (!token) return false;
    const waiting = (await store.all("actions")).filter((one) => one.user === own && (one.state === "new" || one.state === "gone")).slice(0, MOST_ACTS);
    const actions = waiting.map(({ id, order, kind, payload, after, base_version, client_at }) => ({ id, order, kind, payload, after, base_version, client_at }));
    try {
      const answer = await say({ token, actions });
      if (!answer.ok || !(await answer.json()).ended) return false;
      await clean(own);
      await say({ token, wiped: true });
    } catch (_error) {
      return false;
    }
    location.replace("/technician/login");
    return true;
  }

  // Signed out by its person: the place is free for another phone.
  const left = (token) => (token ? say({ token, wiped: true }).catch(() => null) : null);

  window.field.phone = { secret, register, farewell, left };
})();
