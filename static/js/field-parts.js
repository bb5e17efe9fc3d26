// The parts of the technician's pages: elements, the place, photos made small, the signature.
(() => {
  "use strict";
  const root = document.getElementById("field-app");
  if (!root) return;
  const words = JSON.parse(root.dataset.words);
  const PHOTO_PIXELS = 1600;
  const PHOTO_BYTES = 400 * 1024;
  const FULL_BYTES = 20 * 1024 * 1024;

  // A word of the app with its gaps filled in order.
  const say = (key, ...values) => values.reduce((text, value) => text.replace("%s", value), words[key] || key);

  function h(tag, given = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(given)) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
    return made;
  }

  const icon = (name) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `${root.dataset.icons}#${name}`);
    made.setAttribute("class", "icon");
    made.setAttribute("aria-hidden", "true");
    made.append(use);
    return made;
  };

  const button = (label, act, { symbol = "", look = "", ...more } = {}) =>
    h("button", { type: "button", class: `btn ${look}`.trim(), onclick: act, ...more }, symbol && icon(symbol), h("span", {}, label));

  let counter = 0;
  function labelled(label, control, hint = "") {
    counter += 1;
    control.id = `field-${counter}`;
    if (hint) control.setAttribute("aria-describedby", `${control.id}-hint`);
    return h("div", { class: "field" }, h("label", { class: "form-label", for: control.id }, label), control,
      hint && h("p", { class: "form-hint", id: `${control.id}-hint` }, hint));
  }

  // The place by itself, or null: nothing waits longer than fifteen seconds for it.
  function place() {
    return new Promise((resolve) => {
      if (!navigator.geolocation) return resolve(null);
      return navigator.geolocation.getCurrentPosition(
        ({ coords }) => resolve({ lat: coords.latitude, lon: coords.longitude, accuracy: Math.round(coords.accuracy) }),
        () => resolve(null),
        { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
      );
    });
  }

  async function isFull() {
    const known = await navigator.storage?.estimate?.();
    return Boolean(known && known.quota && known.quota - known.usage < FULL_BYTES);
  }

  // Decoded and drawn anew, so nothing the camera wrote into the file is kept. A browser that cannot
  // write WebP answers with PNG.
  async function smallPhoto(file) {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const share = Math.min(1, PHOTO_PIXELS / Math.max(picture.width, picture.height));
    const canvas = h("canvas", { width: Math.round(picture.width * share), height: Math.round(picture.height * share) });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const written = (type, quality) => new Promise((resolve) => { canvas.toBlob(resolve, type, quality); });
    const type = (await written("image/webp", 0.1)).type === "image/webp" ? "image/webp" : "image/jpeg";
    for (const quality of [0.75, 0.6, 0.45, 0.3]) {
      const made = await written(type, quality);
      if (made.size <= PHOTO_BYTES || quality === 0.3) return made.arrayBuffer();
    }
    return null;
  }

  // Reads one bar or QR code with the camera; null where the browser cannot, or nothing was seen.
  const canScan = "BarcodeDetector" in window && Boolean(navigator.mediaDevices?.getUserMedia);
  async function scan() {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    const video = h("video", { class: "scan-view", playsinline: true, "aria-label": say("scan") });
    try {
      root.prepend(video);
      video.muted = true;
      video.srcObject = stream;
      await video.play();
      const reader = new window.BarcodeDetector();
      for (const until = Date.now() + 20000; Date.now() < until && video.isConnected;) {
        const [code] = await reader.detect(video);
        if (code) return code.rawValue;
        await new Promise((resolve) => { setTimeout(resolve, 200); });
      }
      return null;
    } finally {
      stream.getTracks().forEach((track) => track.stop());
      video.remove();
    }
  }

  // Strokes in the units of a 480 × 200 picture, whatever the screen.
  function signaturePad() {
    const canvas = h("canvas", { class: "signature-pad", width: 480, height: 200, role: "img", "aria-label": say("sign_here") });
    const pen = canvas.getContext("2d");
    let strokes = [];
    let drawing = null;
    const at = (event) => {
      const box = canvas.getBoundingClientRect();
      return [Math.round(((event.clientX - box.left) / box.width) * 480), Math.round(((event.clientY - box.top) / box.height) * 200)];
    };
    pen.lineWidth = 3;
    pen.lineCap = pen.lineJoin = "round";
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      drawing = [at(event)];
      strokes.push(drawing);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!drawing) return;
      const from = drawing[drawing.length - 1];
      const to = at(event);
      drawing.push(to);
      pen.beginPath();
      pen.moveTo(...from);
      pen.lineTo(...to);
      pen.stroke();
    });
    const end = () => { drawing = null; };
    canvas.addEventListener("pointerup", end);
    canvas.addEventListener("pointercancel", end);
    return {
      canvas,
      strokes: () => strokes,
      clear: () => { strokes = []; pen.clearRect(0, 0, 480, 200); },
    };
  }

  Object.assign(window.field, { parts: { h, icon, say, button, labelled, place, isFull, canScan, scan, smallPhoto, signaturePad, root } });
})();
