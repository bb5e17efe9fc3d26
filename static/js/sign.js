// A pad to sign on: strokes of [x, y, milliseconds, pressure] in 0–1000, drawn anew when it is resized.
"use strict";
(() => {
  const form = document.querySelector("[data-sign]");
  if (!form) return;
  const [box, pad, field] = [form.querySelector("[data-pad]"), form.querySelector("canvas"), form.elements.strokes];
  const typed = form.elements.is_typed, pen = pad.getContext("2d"), begun = performance.now();
  let strokes = [], drawing = null;
  const keep = () => { field.value = typed.checked ? "" : JSON.stringify(strokes); };
  const line = (a, b) => { pen.beginPath(); pen.moveTo(a[0], a[1] * 0.4); pen.lineTo(b[0], b[1] * 0.4); pen.stroke(); };
  const at = (event) => {
    const edge = pad.getBoundingClientRect(), inside = (share) => Math.min(1000, Math.max(0, Math.round(share * 1000)));
    return [inside((event.clientX - edge.left) / edge.width), inside((event.clientY - edge.top) / edge.height), Math.round(performance.now() - begun), Math.round(event.pressure * 100) / 100];
  };
  pen.lineWidth = 6;
  pen.lineCap = pen.lineJoin = "round";
  pad.addEventListener("pointerdown", (event) => { pad.setPointerCapture(event.pointerId); drawing = [at(event)]; strokes.push(drawing); event.preventDefault(); });
  pad.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    const to = at(event);
    line(drawing[drawing.length - 1], to);
    drawing.push(to);
  });
  for (const name of ["pointerup", "pointercancel"]) pad.addEventListener(name, () => { drawing = null; keep(); });
  form.querySelector("[data-clear]").addEventListener("click", () => { strokes = []; pen.clearRect(0, 0, pad.width, pad.height); keep(); });
  const show = () => { box.hidden = typed.checked; keep(); };
  typed.addEventListener("change", show);
  show();
})();
