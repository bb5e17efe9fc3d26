// Runs in the head, before the first paint: the page never flashes in the wrong colours.
(function () {
  "use strict";
  var root = document.documentElement;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");

  function apply() {
    var chosen = root.dataset.theme;
    root.dataset.bsTheme = chosen === "light" || chosen === "dark" ? chosen : dark.matches ? "dark" : "light";
  }

  function remembered(key) {
    try { return window.localStorage.getItem(key); } catch (refused) { return null; }
  }

  // A face for Bangla joins these five letters into one sign hardly wider than the first of them;
  // without one there are boxes in a row. A device that can do it needs no face of ours.
  function drawsBangla() {
    var pen = document.createElement("canvas").getContext("2d");
    if (!pen) return false;
    pen.font = "16px sans-serif";
    var letter = pen.measureText("\u0995").width;
    return letter > 0 && pen.measureText("\u0995\u09CD\u09B7\u09CD\u09AE").width < 2 * letter;
  }

  apply();
  if (drawsBangla()) root.dataset.bangla = "own";
  if (remembered("sidebar") === "folded") root.dataset.sidebar = "folded";
  dark.addEventListener("change", apply);
  root.addEventListener("theme:changed", apply);
})();
