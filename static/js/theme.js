// Runs in the head, before the first paint: the page never flashes in the wrong colours.
(function () {
  "use strict";
  var root = document.documentElement;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");

  function apply() {
    var wish = root.dataset.theme;
    root.dataset.bsTheme = wish === "light" || wish === "dark" ? wish : dark.matches ? "dark" : "light";
  }

  function remembered(key) {
    try { return window.localStorage.getItem(key); } catch (refused) { return null; }
  }

  apply();
  if (remembered("sidebar") === "folded") root.dataset.sidebar = "folded";
  dark.addEventListener("change", apply);
  root.addEventListener("theme:changed", apply);
})();
