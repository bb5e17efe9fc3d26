// Cards on a board: dragged to another column, or sent there by Shift and an arrow key. What a
// column asks for first (a reason, the customer's particulars) comes as a dialog. The menu on each
// card does the same without this script.
(() => {
  "use strict";

  const columns = () => [...document.querySelectorAll("[data-board] [data-stage]")];
  let dragged = null;
  let moved = "";

  function send(card, column) {
    if (!card || !column || card.closest("[data-stage]") === column) return;
    const stage = column.dataset.stage;
    moved = card.dataset.row;
    if (column.dataset.ask === "convert") window.htmx?.ajax("GET", card.dataset.convert, { target: "#dialog-body" });
    else if (column.dataset.ask) window.htmx?.ajax("GET", card.dataset.move, { target: "#dialog-body", values: { stage } });
    else window.htmx?.ajax("POST", card.dataset.move, { target: "#dialog-body", values: { stage } });
  }

  document.addEventListener("keydown", (event) => {
    const card = event.target.closest?.("[data-board] [data-move]");
    if (!card || event.target !== card || !event.shiftKey) return;
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = columns();
    send(card, all[all.indexOf(card.closest("[data-stage]")) + step]);
  });

  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-board] [data-move]") || null;
    if (dragged) event.dataTransfer.effectAllowed = "move";
  });
  document.addEventListener("dragover", (event) => {
    const column = dragged && event.target.closest("[data-board] [data-stage]");
    if (!column) return;
    event.preventDefault();
    columns().forEach((one) => one.classList.toggle("is-target", one === column));
  });
  document.addEventListener("drop", (event) => {
    const column = dragged && event.target.closest("[data-board] [data-stage]");
    if (!column) return;
    event.preventDefault();
    send(dragged, column);
  });
  document.addEventListener("dragend", () => {
    dragged = null;
    columns().forEach((one) => one.classList.remove("is-target"));
  });

  // The board comes anew after a move: the focus stays with the card, and its new place is said.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!moved || !event.detail.target.querySelector?.("[data-board]")) return;
    const card = document.querySelector(`[data-board] [data-row="${CSS.escape(moved)}"]`);
    moved = "";
    if (!card) return;
    card.focus();
    window.ispbill?.announce(`${card.dataset.name}: ${card.closest("[data-stage]").dataset.label}`);
  });
})();
