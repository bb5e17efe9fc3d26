// What was typed into a long field is there again after a reload or a lost page, for a day. The
// server names the draft by what was sent last: once it has arrived, the name is another.
(function () {
  "use strict";
  const PREFIX = "kept:";
  const LONGEST_MS = 24 * 3600 * 1000;

  function store(act) {
    try { return act(window.localStorage); } catch (refused) { return null; /* not kept on this device */ }
  }

  store((place) => {
    for (const key of Object.keys(place)) {
      if (key.startsWith(PREFIX) && Date.now() - JSON.parse(place.getItem(key)).at > LONGEST_MS) place.removeItem(key);
    }
  });

  for (const field of document.querySelectorAll("textarea[data-kept]")) {
    const key = PREFIX + field.dataset.kept;
    const kept = store((place) => JSON.parse(place.getItem(key) || "null"));
    if (kept && !field.value) field.value = kept.text;
    field.addEventListener("input", () => store((place) => {
      if (field.value.trim()) place.setItem(key, JSON.stringify({ at: Date.now(), text: field.value }));
      else place.removeItem(key);
    }));
  }
})();
