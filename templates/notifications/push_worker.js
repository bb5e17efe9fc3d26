{% comment %} What every service worker of ours does with notifications. Context: home, company, push_key, push_keep, icon. {% endcomment %}{% autoescape off %}
self.addEventListener("push", (event) => {
  let told = {};
  try { told = event.data ? event.data.json() : {}; } catch (_error) { told = {}; }
  event.waitUntil(self.registration.showNotification(told.title || "{{ company|escapejs }}", {
    body: told.body || "",
    tag: told.tag || "news",
    icon: "{{ icon }}",
    data: { url: told.url || "{{ home }}" },
  }));
});

// Only ever to a page of our own, whatever the message says.
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  let target = new URL("{{ home }}", self.location.origin);
  try {
    const asked = new URL(event.notification.data.url, self.location.origin);
    if (asked.origin === self.location.origin) target = asked;
  } catch (_error) { /* the home will do */ }
  event.waitUntil((async () => {
    const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const same = open.find((one) => one.url === target.href);
    return same ? same.focus() : self.clients.openWindow(target.href);
  })());
});

// The push service gave this browser another address: tell it, if somebody is still signed in.
self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil((async () => {
    const answer = await fetch("{{ push_key }}", { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return;
    const { key, token } = await answer.json();
    const raw = Uint8Array.from(atob(key.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
    const made = await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: raw });
    const { keys } = made.toJSON();
    await fetch("{{ push_keep }}", {
      method: "POST",
      credentials: "same-origin",
      headers: { "X-CSRFToken": token },
      body: new URLSearchParams({ endpoint: made.endpoint, p256dh: keys.p256dh, auth: keys.auth }),
    });
  })());
});
{% endautoescape %}
