// Measures a line by the LibreSpeed protocol: ping, download, upload, against the addresses it is
// given. Messages: `start {json}`, `status` (answered with JSON), `abort`. States: -1 not started,
// 0 starting, 1 download, 2 ping, 3 upload, 4 finished, 5 aborted. Speeds are Mbit/s.
"use strict";

const OVERHEAD = 1.06; // headers of TCP and IP around what is counted
const rounded = (value, parts) => String(Math.round(value * parts) / parts); // figures, no amounts
const GRACE = { dl: 1500, ul: 2000 }; // milliseconds until a line runs at its speed
const PINGS = 10;
const STREAMS = { dl: 4, ul: 2 };
const APART = 200; // milliseconds between the starts of streams
const BLOCK_MIB = 25;
const UPLOAD_BYTES = 4 * 1024 * 1024; // a cheap phone keeps it in memory

const told = { testState: -1, dlStatus: "", ulStatus: "", pingStatus: "", jitterStatus: "", dlProgress: 0, ulProgress: 0, pingProgress: 0, failure: "" };
let settings = {};
let stop = new AbortController();
let uploads = [];

addEventListener("message", (event) => {
  const text = String(event.data);
  if (text === "status") postMessage(JSON.stringify(told));
  else if (text === "abort") abort();
  else if (text.startsWith("start") && told.testState === -1) {
    settings = JSON.parse(text.slice(6));
    run();
  }
});

function abort() {
  if (told.testState >= 4) return;
  told.testState = 5;
  halt();
}

function halt() {
  stop.abort();
  uploads.forEach((request) => request.abort());
  uploads = [];
}

async function run() {
  told.testState = 0;
  try {
    told.testState = 2;
    await ping();
    if (told.testState === 5) return;
    told.testState = 1;
    await through("dl", download);
    if (told.testState === 5) return;
    told.testState = 3;
    await through("ul", upload);
    if (told.testState !== 5) told.testState = 4;
  } catch (error) {
    if (told.testState === 5) return;
    told.failure = error.message || "network";
    abort();
  }
}

const fresh = (address, more = "") => `${address}&r=${Math.random()}${more}`;

// The least of the answers' times; the jitter follows worse quickly and better slowly.
async function ping() {
  let least = Infinity, last = null, jitter = null;
  for (let n = 0; n <= PINGS; n++) {
    const address = fresh(settings.url_ping);
    const began = performance.now();
    const answer = await fetch(address, { cache: "no-store", credentials: "omit", signal: stop.signal });
    if (!answer.ok) throw new Error(answer.status);
    let took = performance.now() - began;
    const entry = performance.getEntriesByName(new URL(address, location.href).href).pop();
    if (entry && entry.requestStart > 0) took = Math.min(took, entry.responseStart - entry.requestStart);
    if (n === 0) continue; // it has opened the connection
    took = Math.max(took, 0.1);
    least = Math.min(least, took);
    if (last !== null) {
      const difference = Math.abs(took - last);
      if (jitter === null) jitter = difference;
      else jitter = difference > jitter ? 0.3 * jitter + 0.7 * difference : 0.8 * jitter + 0.2 * difference;
    }
    last = took;
    told.pingStatus = rounded(least, 10);
    told.jitterStatus = rounded(jitter || 0, 10);
    told.pingProgress = n / PINGS;
  }
}

// Lets streams run for a time or until its half of the bytes is used up, by our count or by the
// server's (413), and reckons the speed after the grace time.
function through(way, stream) {
  return new Promise((resolve, reject) => {
    const seconds = settings[`time_${way}_max`] || 10;
    const most = settings.most_bytes / 2;
    const began = performance.now();
    let moved = 0, counted = 0, from = began, isSettled = false, isUsedUp = false, failures = 0;
    stop = new AbortController();
    const count = (bytes) => { counted += bytes; moved += bytes; };
    const again = (failed) => {
      if (stop.signal.aborted) return;
      if (failed === 413) { isUsedUp = true; return; }
      if (failed && ++failures > 6) {
        clearInterval(clock);
        reject(new Error(failed));
        halt();
        return;
      }
      stream(count, again, stop.signal);
    };
    for (let n = 0; n < STREAMS[way]; n++) setTimeout(again, n * APART);
    const clock = setInterval(() => {
      const now = performance.now();
      const isOver = stop.signal.aborted || isUsedUp || moved >= most || now - began > seconds * 1000;
      if (!isSettled && now - began > GRACE[way]) {
        isSettled = true;
        if (moved < most / 2) { counted = 0; from = now; } // on a very fast line the start counts too
      }
      const spent = (now - from) / 1000;
      if (spent > 0.2 || isOver) told[`${way}Status`] = rounded((counted * 8 * OVERHEAD) / 1e6 / Math.max(spent, 0.05), 100);
      told[`${way}Progress`] = Math.min(1, Math.max((now - began) / 1000 / seconds, moved / most));
      if (!isOver) return;
      clearInterval(clock);
      halt();
      resolve();
    }, 100);
  });
}

async function download(count, again, signal) {
  try {
    const answer = await fetch(fresh(settings.url_dl, `&ckSize=${BLOCK_MIB}`), { cache: "no-store", credentials: "omit", signal });
    if (!answer.ok) return again(answer.status);
    const reader = answer.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return again();
      count(value.length);
    }
  } catch (error) {
    again(error.message);
  }
}

let noise = null;
function upload(count, again, signal) {
  if (noise === null) {
    const piece = new Uint8Array(65536); // what getRandomValues gives at once
    crypto.getRandomValues(piece);
    noise = new Blob(Array(UPLOAD_BYTES / piece.length).fill(piece), { type: "" });
  }
  const request = new XMLHttpRequest();
  let before = 0;
  request.upload.onprogress = (event) => {
    if (signal.aborted) return;
    count(event.loaded - before);
    before = event.loaded;
  };
  const over = (failed) => {
    uploads = uploads.filter((one) => one !== request);
    again(failed);
  };
  request.onload = () => {
    if (request.status >= 400) return over(request.status);
    if (before < UPLOAD_BYTES && !signal.aborted) count(UPLOAD_BYTES - before);
    over();
  };
  request.onerror = () => over("upload");
  request.open("POST", fresh(settings.url_ul));
  request.setRequestHeader("Content-Encoding", "identity");
  uploads.push(request);
  request.send(noise);
}
