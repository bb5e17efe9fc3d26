// Pictures in parts: where the last one ended is asked of the office, so a broken connection costs
// one part and no picture. What came is deleted here; nothing waits for it.
(() => {
  "use strict";
  const { store } = window.field;
  const PART = 256 * 1024;
  const MOST_TRIES = 3; // of a picture whose sum was wrong

  async function token(ask) {
    return (await (await ask("/technician/token/")).json());
  }

  async function sendOne(file, ask, tell, csrf) {
    const url = `/technician/files/${file.id}/`;
    const size = file.bytes.byteLength;
    const asked = await ask(url, { method: "HEAD" });
    if (asked.status === 404) return; // kept: the office does not know of it yet
    if (!asked.ok) throw new Error(`answer ${asked.status}`);
    let offset = Number(asked.headers.get("Upload-Offset"));
    for (let tries = 0; offset < size && tries < MOST_TRIES;) {
      const headers = { "X-CSRFToken": csrf, "Upload-Offset": String(offset), "Content-Type": "application/octet-stream" };
      const answer = await ask(url, { method: "POST", headers, body: file.bytes.slice(offset, offset + PART) });
      const said = answer.status < 500 ? await answer.json().catch(() => ({})) : {};
      if (said.is_over && said.why) { // refused for good: whoever took it is told why
        await store.putFile({ ...file, why: said.why });
        tell();
        return;
      }
      if (said.is_over) break;
      if (answer.status === 422 || answer.status === 409) tries += 1;
      else if (!answer.ok) throw new Error(`answer ${answer.status}`);
      offset = Number(said.offset) || 0;
      await store.putFile({ ...file, sent: offset });
      tell();
    }
    await store.dropFile(file.id);
    tell();
  }

  async function send(ask, tell) {
    const own = (await store.all("files")).filter((one) => one.isAnnounced && !one.why);
    if (!own.length) return;
    const who = await token(ask);
    for (const file of own.filter((one) => one.user === who.user)) await sendOne(file, ask, tell, who.token);
  }

  window.field.files = { send };
})();
