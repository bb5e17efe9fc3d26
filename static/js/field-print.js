// A receipt on a small printer beside the phone: drawn as a picture, so Bangla comes out as it is, and
// sent as ESC/POS over USB or Bluetooth. Where no printer is reached the page offers an SMS.
(() => {
  "use strict";
  const DOTS = { 58: 384, 80: 576 };
  const BAND = 128; // rows of one picture: small printers hold no more
  const CHUNK = 180; // bytes of one Bluetooth write
  const SERVICE = "000018f0-0000-1000-8000-00805f9b34fb";
  const INLET = "00002af1-0000-1000-8000-00805f9b34fb";
  const USB_PRINTER = 7;
  const canUsb = Boolean(navigator.usb);
  const canBluetooth = Boolean(navigator.bluetooth);

  function wrapped(pen, text, width) {
    const rows = [];
    let row = "";
    for (const word of text.split(/\s+/)) {
      const longer = row ? `${row} ${word}` : word;
      if (row && pen.measureText(longer).width > width) { rows.push(row); row = word; } else row = longer;
    }
    return [...rows, row];
  }

  // Black on white; `lines` are {text, isLarge}.
  function picture(lines, paper) {
    const width = DOTS[paper];
    const canvas = document.createElement("canvas");
    canvas.width = width;
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    const face = (isLarge) => `${isLarge ? "bold 34" : "24"}px ${getComputedStyle(document.body).fontFamily}`;
    const rows = lines.filter((line) => line.text.trim()).flatMap((line) => {
      pen.font = face(line.isLarge);
      return wrapped(pen, line.text.trim(), width - 8).map((text) => ({ text, isLarge: line.isLarge }));
    });
    canvas.height = rows.reduce((sum, row) => sum + (row.isLarge ? 46 : 34), 8);
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, width, canvas.height);
    pen.fillStyle = "#000";
    pen.textBaseline = "top";
    let top = 4;
    rows.forEach((row) => {
      pen.font = face(row.isLarge);
      pen.fillText(row.text, 4, top);
      top += row.isLarge ? 46 : 34;
    });
    return pen.getImageData(0, 0, width, canvas.height);
  }

  // ESC @ (begin), GS v 0 (raster picture, a bit a dot, the left one highest) in bands, ESC d (feed).
  function escpos({ data, width, height }) {
    const bytes = [0x1b, 0x40];
    const across = width / 8;
    for (let first = 0; first < height; first += BAND) {
      const rows = Math.min(BAND, height - first);
      bytes.push(0x1d, 0x76, 0x30, 0, across & 255, across >> 8, rows & 255, rows >> 8);
      for (let y = first; y < first + rows; y += 1) {
        for (let x = 0; x < width; x += 8) {
          let byte = 0;
          for (let bit = 0; bit < 8; bit += 1) {
            const at = (y * width + x + bit) * 4;
            if (data[at] + data[at + 1] + data[at + 2] < 384) byte |= 128 >> bit;
          }
          bytes.push(byte);
        }
      }
    }
    return new Uint8Array([...bytes, 0x1b, 0x64, 4]);
  }

  async function overUsb(bytes) {
    const known = await navigator.usb.getDevices();
    const device = known[0] || await navigator.usb.requestDevice({ filters: [{ classCode: USB_PRINTER }] });
    await device.open();
    try {
      if (!device.configuration) await device.selectConfiguration(1);
      const face = device.configuration.interfaces.find((one) => one.alternate.interfaceClass === USB_PRINTER);
      await device.claimInterface(face.interfaceNumber);
      const end = face.alternate.endpoints.find((one) => one.direction === "out");
      await device.transferOut(end.endpointNumber, bytes);
    } finally {
      await device.close();
    }
  }

  async function overBluetooth(bytes) {
    const device = await navigator.bluetooth.requestDevice({ filters: [{ services: [SERVICE] }] });
    const server = await device.gatt.connect();
    try {
      const inlet = await (await server.getPrimaryService(SERVICE)).getCharacteristic(INLET);
      for (let at = 0; at < bytes.length; at += CHUNK) await inlet.writeValueWithResponse(bytes.slice(at, at + CHUNK));
    } finally {
      device.gatt.disconnect();
    }
  }

  const print = async (lines, paper, way) => (way === "usb" ? overUsb : overBluetooth)(escpos(picture(lines, paper)));

  window.ispbill = window.ispbill || {};
  window.ispbill.printer = { canUsb, canBluetooth, picture, escpos, print };
})();
