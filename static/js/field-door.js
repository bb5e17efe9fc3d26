// What a technician does at the door beside the work: test the line, correct the phone number or
// the point, ask somebody else to take the job over.
(() => {
  "use strict";
  const { parts, send } = window.field;
  if (!parts) return;
  const { h, icon, say, button, labelled } = parts;

  const MOST_TRIES = 30;

  async function asked(job) {
    const { token } = await (await send.ask("/technician/token/")).json();
    const url = `/technician/jobs/${job.number}/line/`;
    const begun = await send.ask(url, { method: "POST", headers: { "X-CSRFToken": token } });
    if (!begun.ok) throw new Error(`answer ${begun.status}`);
    const { ticket } = await begun.json();
    for (let tries = 0; tries < MOST_TRIES; tries += 1) { // a worker asks the router meanwhile
      await new Promise((resolve) => { setTimeout(resolve, 700); });
      const answer = await send.ask(`${url}?ticket=${ticket}`);
      if (answer.status === 200) return (await answer.json()).facts;
      if (!answer.ok) throw new Error(`answer ${answer.status}`);
    }
    throw new Error("slow");
  }

  // A pending service's line, open for an hour to try the installation; says what came of it.
  async function opened(job) {
    try {
      const { token } = await (await send.ask("/technician/token/")).json();
      const answer = await send.ask(`/technician/jobs/${job.number}/line/open/`, { method: "POST", headers: { "X-CSRFToken": token } });
      const told = await answer.json();
      return answer.ok ? say("line_open_until", told.until, told.left) : told.error;
    } catch (_error) {
      return say("line_offline");
    }
  }

  function line(job) {
    const found = h("div", { role: "status" });
    const check = async (event) => {
      const pressed = event.currentTarget;
      pressed.disabled = true;
      found.replaceChildren(h("p", { class: "form-hint" }, say("line_checking")));
      try {
        const facts = await asked(job);
        found.replaceChildren(h("dl", { class: "facts" }, facts.flatMap(([label, value]) => [h("dt", {}, label), h("dd", {}, value)])));
      } catch (_error) {
        found.replaceChildren(h("p", { class: "form-hint" }, say("line_offline")));
      }
      pressed.disabled = false;
    };
    const open = async (event) => {
      const pressed = event.currentTarget;
      pressed.disabled = true;
      found.replaceChildren(h("p", { class: "form-hint" }, await opened(job)));
      pressed.disabled = false;
    };
    const isTrial = job.kind === "INSTALLATION" && job.state === "IN_PROGRESS";
    return h("section", { class: "card" }, h("div", { class: "card-header" }, h("h2", { class: "card-title" }, say("line"))),
      h("div", { class: "card-body form-stack" },
        isTrial && button(say("line_open"), open, { look: "btn-block", symbol: "plug" }),
        button(say("line_check"), check, { look: "btn-block", symbol: "activity" }), found));
  }

  function corrections(job, act) {
    const phone = h("input", { class: "form-control", type: "tel", autocomplete: "off", required: true, maxlength: 20, value: job.phone_shown });
    const form = h("form", { class: "form-stack" }, labelled(say("phone_right"), phone), h("button", { class: "btn", type: "submit" }, say("send")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (phone.value.trim() !== job.phone_shown) act(job, "correct", { phone: phone.value.trim(), base_phone: job.phone });
    });
    const here = async (event) => {
      const pressed = event.currentTarget;
      pressed.disabled = true;
      const point = await parts.place();
      pressed.disabled = false;
      if (!point || point.accuracy > 200) { window.alert(say("point_poor")); return; }
      act(job, "correct", { point, base_point: job.lat === null ? null : { lat: job.lat, lon: job.lon } });
    };
    return h("details", { class: "card" }, h("summary", { class: "card-header" }, h("h2", { class: "card-title" }, say("correct"))),
      h("div", { class: "card-body form-stack" }, form, button(say("point_here"), here, { symbol: "map-pin" })));
  }

  function swap(job, askReason) {
    if (job.swap_asked) return h("p", { class: "notice tone-info" }, icon("arrows-exchange"), h("span", {}, say("swap_asked")));
    return button(say("swap"), () => askReason(job, "swap", say("swap")), { look: "btn-block", symbol: "arrows-exchange" });
  }

  const page = (job, act, askReason) => [
    job.has_line && ["ASSIGNED", "EN_ROUTE", "IN_PROGRESS"].includes(job.state) && line(job),
    ["ASSIGNED", "EN_ROUTE", "IN_PROGRESS"].includes(job.state) && corrections(job, act),
    job.state === "ASSIGNED" && swap(job, askReason),
  ];

  Object.assign(window.field, { door: { page } });
})();
