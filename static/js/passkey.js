// Passkeys: fetch a challenge, let the browser sign it, send the answer.
// <div data-passkey="sign-in|add" data-options="url" data-answer="url" data-next="…" hidden> with a
// [data-passkey-go] button and a [data-passkey-error] line; it stays hidden where passkeys cannot work.
(function () {
  "use strict";
  const isAddress = /^[\d.]+$|:/.test(window.location.hostname); // browsers refuse bare IP addresses
  if (!window.PublicKeyCredential || isAddress) return;

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  function token() {
    const field = document.querySelector("input[name=csrfmiddlewaretoken]");
    return field ? field.value : "";
  }

  async function post(url, body) {
    const response = await fetch(url, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
      body: JSON.stringify(body || {}),
    });
    if (response.headers.has("X-Step-Up")) return proveFirst();
    if (!response.ok) throw new Error(String(response.status));
    return response.json();
  }

  // The page itself asks who it is; what was typed waits until it is back.
  function proveFirst() {
    const name = document.querySelector("[data-passkey-name]");
    if (name) window.sessionStorage.setItem("passkey-name", name.value);
    window.location.reload();
    return new Promise(() => {});
  }

  const listed = (credentials) => (credentials || []).map((one) => ({ ...one, id: bytes(one.id) }));

  async function sign(options) {
    const key = await navigator.credentials.get({
      publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: listed(options.allowCredentials) },
    });
    return plain(key, {
      authenticatorData: text(key.response.authenticatorData),
      signature: text(key.response.signature),
      userHandle: key.response.userHandle ? text(key.response.userHandle) : null,
    });
  }

  async function make(options) {
    const key = await navigator.credentials.create({
      publicKey: {
        ...options,
        challenge: bytes(options.challenge),
        user: { ...options.user, id: bytes(options.user.id) },
        excludeCredentials: listed(options.excludeCredentials),
      },
    });
    return plain(key, { attestationObject: text(key.response.attestationObject) });
  }

  function plain(key, answer) {
    const response = { clientDataJSON: text(key.response.clientDataJSON), ...answer };
    return { id: key.id, rawId: text(key.rawId), type: key.type, response, clientExtensionResults: {} };
  }

  for (const place of document.querySelectorAll("[data-passkey]")) {
    const go = place.querySelector("[data-passkey-go]");
    const error = place.querySelector("[data-passkey-error]");
    const name = place.querySelector("[data-passkey-name]");
    place.hidden = false;
    if (name) {
      name.value = window.sessionStorage.getItem("passkey-name") || "";
      window.sessionStorage.removeItem("passkey-name");
    }
    go.addEventListener("click", async () => {
      error.hidden = true;
      go.disabled = true;
      try {
        const options = await post(place.dataset.options);
        const credential = await (place.dataset.passkey === "add" ? make(options) : sign(options));
        const answer = await post(place.dataset.answer, { credential, next: place.dataset.next || "", name: name ? name.value : "" });
        window.location.assign(answer.url);
      } catch {
        error.hidden = false;
        go.disabled = false;
        go.focus();
      }
    });
  }
})();
