// The page of the speed test: asks for a pass, lets the worker measure, hands the numbers in.
(() => {
  "use strict";
  const form = document.querySelector("[data-speed]");
  if (!form || !window.Worker || !window.ReadableStream) return;
  const part = (name) => form.querySelector(`[data-${name}]`);
  const start = part("start"), stop = part("stop"), says = part("says"), meter = part("meter");
  let worker = null, clock = null;

  form.hidden = false;
  const shown = (row, value) => { part(`value-${row}`).textContent = value || "–"; };
  const say = (text, isBad) => {
    says.textContent = text;
    says.classList.toggle("tone-text-danger", Boolean(isBad));
  };

  function rest() {
    clearInterval(clock);
    if (worker) worker.terminate();
    worker = null;
    start.hidden = false;
    stop.hidden = true;
    meter.hidden = true;
  }

  async function asked(address, values) {
    const body = new FormData(form);
    for (const [name, value] of Object.entries(values)) body.set(name, value);
    const answer = await fetch(address, { method: "POST", body });
    if (answer.ok) return answer;
    const words = answer.headers.get("content-type")?.startsWith("application/json") ? (await answer.json()).error : "";
    throw new Error(words || form.dataset.failed);
  }

  const tenths = (text) => String(Math.round(Number(text) * 10) / 10);

  function follow(told, test) {
    shown("ping", told.pingStatus && Math.round(told.pingStatus));
    shown("jitter", told.jitterStatus && Math.round(told.jitterStatus));
    shown("download", told.dlStatus && tenths(told.dlStatus));
    shown("upload", told.ulStatus && tenths(told.ulStatus));
    meter.value = (told.pingProgress + told.dlProgress * 4 + told.ulProgress * 4) / 9;
    if (told.testState === 5) {
      rest();
      say(form.dataset.broken, true);
    } else if (told.testState === 4) {
      clearInterval(clock);
      keep(told, test);
    } else {
      say(form.dataset[["asking", "down", "pinging", "up"][told.testState]] || "");
    }
  }

  async function keep(told, test) {
    try {
      const answer = await asked(form.dataset.finish, { test, download: told.dlStatus, upload: told.ulStatus, ping: told.pingStatus, jitter: told.jitterStatus });
      const region = document.getElementById("speed-history");
      region.innerHTML = await answer.text();
      say(region.querySelector("[data-verdict]")?.dataset.verdict || "");
    } catch (error) {
      say(error.message, true);
    }
    rest();
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    start.hidden = true;
    meter.hidden = false;
    meter.value = 0;
    ["ping", "jitter", "download", "upload"].forEach((row) => shown(row, ""));
    say(form.dataset.asking);
    try {
      const { test, settings } = await (await asked(form.dataset.begin, {})).json();
      worker = new Worker(form.dataset.worker);
      worker.onmessage = (message) => worker && follow(JSON.parse(message.data), test);
      worker.onerror = () => { rest(); say(form.dataset.failed, true); };
      worker.postMessage(`start ${JSON.stringify(settings)}`);
      stop.hidden = false;
      clock = setInterval(() => worker.postMessage("status"), 200);
    } catch (error) {
      rest();
      say(error.message, true);
    }
  });
  stop.addEventListener("click", () => {
    if (worker) worker.postMessage("abort");
    rest();
    say(form.dataset.stopped);
  });
  addEventListener("pagehide", rest);
})();
