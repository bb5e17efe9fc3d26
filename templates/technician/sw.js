{% comment %} The technician app's service worker. Context: shell_files, offline, version, and that of notifications/push_worker.js. {% endcomment %}{% autoescape off %}// Shell: from the cache. Pages of this app: from the network, else the copy kept, else the offline
// page. Nothing else is touched: no posts, no fragments, no sign-in, no other part of the site.
const SHELL = "technician-shell-{{ version }}";
const PAGES = "technician-pages";
const FILES = [{% for file in shell_files %}"{{ file }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const OFFLINE = "{{ offline }}";
const HOME = "{{ home }}";
const KEPT_FOR_MS = 7 * 24 * 60 * 60 * 1000;
const WAIT_MS = 3000;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(FILES)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("technician-") && name !== SHELL && name !== PAGES) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

// Sent when somebody signs out: phones are shared, so nothing of theirs stays.
self.addEventListener("message", (event) => {
  if (event.data === "forget") event.waitUntil(caches.delete(PAGES));
  if (event.data === "keep") event.waitUntil(page(new Request(HOME)));
  if (event.data === "take-over") self.skipWaiting();
});

async function page(request) {
  const kept = await caches.open(PAGES);
  try {
    const answer = await Promise.race([
      fetch(request),
      new Promise((_resolve, reject) => setTimeout(() => reject(new Error("slow")), WAIT_MS)),
    ]);
    if (answer.ok && !answer.redirected) {
      const headers = new Headers(answer.headers);
      headers.set("X-Kept-At", String(Date.now()));
      await kept.put(request, new Response(await answer.clone().blob(), { headers }));
    }
    return answer;
  } catch (_error) {
    // A job's page and the list are one page drawn by its script: the copy of one will do for all.
    const isApp = /^\/technician\/(jobs\/|sync\/|map\/|round\/$|$)/.test(new URL(request.url).pathname);
    const copy = await kept.match(isApp ? HOME : request, { ignoreVary: true });
    if (copy && Date.now() - Number(copy.headers.get("X-Kept-At")) < KEPT_FOR_MS) return copy;
    return (await caches.match(OFFLINE)) || Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (FILES.includes(url.pathname) && url.pathname !== OFFLINE) {
    event.respondWith(caches.match(request).then((found) => found || fetch(request)));
    return;
  }
  // What a customer signs is never kept on somebody else's phone.
  const isOurs = url.pathname.startsWith("/technician/") && !/^\/technician\/(login|contracts\/)/.test(url.pathname);
  if (isOurs && request.mode === "navigate" && !request.headers.has("HX-Request")) event.respondWith(page(request));
});
{% endautoescape %}
{% include "notifications/push_worker.js" %}
