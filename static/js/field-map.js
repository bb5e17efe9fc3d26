// T-04: the jobs of the day as a list, and as points on a map (Leaflet) once somebody asks for it.
// Without tiles the points show how jobs lie to each other; without a connection the list is there.
(() => {
  "use strict";
  const { parts } = window.field;
  if (!parts) return;
  const { h, icon, say, button, root } = parts;
  let map = null;

  const load = (tag, given) => new Promise((resolve, reject) => { document.head.append(h(tag, { ...given, onload: resolve, onerror: reject })); });

  async function library() {
    if (window.L) return;
    const sheets = JSON.parse(root.dataset.mapStyles).map((href) => load("link", { rel: "stylesheet", href }));
    await Promise.all([...sheets, load("script", { src: root.dataset.mapScript })]);
  }

  function popup(job, open) {
    const address = `/technician/jobs/${job.number}/`;
    return h("div", {}, h("a", { href: address, onclick: open(address) }, `${job.window} ${job.kind_label}`), h("div", {}, job.customer));
  }

  function drawn(place, jobs, open) {
    map?.remove();
    map = window.L.map(place, { attributionControl: Boolean(root.dataset.tiles) });
    window.L.control.scale({ imperial: false }).addTo(map);
    if (root.dataset.tiles) {
      const said = h("span", {}, root.dataset.attribution); // text, whatever the setting holds
      window.L.tileLayer(root.dataset.tiles, { maxZoom: 19, attribution: said.innerHTML }).addTo(map);
    }
    const group = window.L.featureGroup();
    jobs.forEach((job) => window.L.circleMarker([job.lat, job.lon], { radius: 11, className: `map-job map-${job.state}` })
      .bindTooltip(job.window).bindPopup(popup(job, open)).addTo(group));
    group.addTo(map);
    map.fitBounds(group.getBounds().pad(0.2), { maxZoom: 16 });
    parts.place().then((point) => point && place.isConnected && window.L.circleMarker([point.lat, point.lon], { radius: 8, className: "map-person" }).bindTooltip(say("you_are_here")).addTo(map));
  }

  function page(jobs, day, card, open) {
    const own = jobs.filter((job) => job.day === day.today);
    const known = own.filter((job) => job.lat !== null);
    const place = h("div", { class: "field-map", role: "region", "aria-label": say("map"), hidden: true });
    const note = h("p", { class: "form-hint", role: "status" }, known.length < own.length && say("map_without_point", own.length - known.length));
    const show = async (event) => {
      const pressed = event.currentTarget;
      pressed.disabled = true;
      try {
        await library();
        place.hidden = false;
        pressed.hidden = true;
        drawn(place, known, open);
        if (!root.dataset.tiles) note.textContent = say("map_without_tiles");
      } catch (_error) {
        pressed.disabled = false;
        note.textContent = say("map_offline");
      }
    };
    return [
      h("header", { class: "page-head" }, h("a", { class: "back-link", href: "/technician/", onclick: open("/technician/") }, icon("chevron-left"), say("back")), h("h1", {}, say("map"))),
      h("section", { class: "card" }, own.length ? h("ul", { class: "list-group" }, own.map(card)) : h("div", { class: "card-body" }, h("h2", {}, say("no_jobs")), h("p", {}, say("map_nothing")))),
      known.length > 0 && button(say("map_show"), show, { look: "btn-primary btn-block", symbol: "map" }), note, place,
    ];
  }

  Object.assign(window.field, { map: { page } });
})();
