// The jobs of a day as points (Leaflet). Without an address of tiles the points stand on an empty
// ground with a scale; the list beside it says the same without a map.
(() => {
  "use strict";
  const place = document.getElementById("field-map");
  if (!place || !window.L) return;
  const points = JSON.parse(place.dataset.points);
  const map = window.L.map(place, { zoomControl: false, attributionControl: Boolean(place.dataset.tiles) });
  window.L.control.zoom({ zoomInTitle: place.dataset.zoomIn, zoomOutTitle: place.dataset.zoomOut }).addTo(map);
  window.L.control.scale({ imperial: false }).addTo(map);
  if (place.dataset.tiles) {
    const said = document.createElement("span");
    said.textContent = place.dataset.attribution; // text, whatever the setting holds
    window.L.tileLayer(place.dataset.tiles, { maxZoom: 19, attribution: said.innerHTML }).addTo(map);
  }

  function popup(point) {
    const made = document.createElement("div");
    const link = document.createElement("a");
    link.href = point.url;
    link.textContent = point.label;
    const text = document.createElement("div");
    text.textContent = point.text;
    made.append(link, text);
    return made;
  }

  const group = window.L.featureGroup();
  points.forEach((point) => {
    const at = [point.lat, point.lon];
    const look = point.kind === "person" ? "map-person" : `map-job map-${point.state}`;
    if (point.kind === "person" && point.accuracy > 30) window.L.circle(at, { radius: point.accuracy, className: "map-accuracy" }).addTo(map);
    const made = point.kind === "person" ? window.L.circleMarker(at, { radius: 11, className: look }) : window.L.circleMarker(at, { radius: 8, className: look });
    made.bindTooltip(point.label).bindPopup(popup(point)).addTo(group);
  });
  group.addTo(map);
  if (points.length) map.fitBounds(group.getBounds().pad(0.2), { maxZoom: 16 });
  else map.setView([0, 0], 2);
})();
