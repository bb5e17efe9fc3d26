{% comment %} The service worker of portal and console: notifications, nothing is kept. Context: as of push_worker.js. {% endcomment %}self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
{% include "notifications/push_worker.js" %}
