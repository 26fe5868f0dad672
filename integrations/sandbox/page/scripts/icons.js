/** Line drawings on a grid of 24, as paths. */

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  attach: "M20 11.5l-8.2 8.2a5 5 0 0 1-7.1-7.1l8.5-8.4a3.3 3.3 0 0 1 4.7 4.7l-8.4 8.4a1.7 1.7 0 0 1-2.4-2.4l7.6-7.6",
  back: "M15 5l-7 7 7 7",
  check: "M5 12.5l4.5 4.5L19 7.5",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 7v5l3 2",
  close: "M6 6l12 12M18 6L6 18",
  down: "M5 9l7 7 7-7",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6",
  file: "M13 3H6v18h12V8zM13 3v5h5",
  lock: "M8 11V8a4 4 0 0 1 8 0v3M6 11h12v9H6z",
  more: "M12 5h.01M12 12h.01M12 19h.01",
  outside: "M8 16l9-9M9 7h8v8",
  pin: "M9 4h6l-1 6 3 3v2H7v-2l3-3zM12 15v6",
  react: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M8.5 14c.8 1.3 2 2 3.5 2s2.7-.7 3.5-2M9 9.5h.01M15 9.5h.01",
  reply: "M10 6l-6 6 6 6M4 12h9c4 0 7 2 7 7",
  scenes: "M8 8l-4 4 4 4M16 8l4 4-4 4M13.5 5l-3 14",
  send: "M4 4.5l16.5 7.5L4 19.5l2-7.5zM6 12h7",
  slash: "M5 4h14a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2zM13.5 8l-3 8",
  ticks: "M2 12.5l4.5 4.5L15 8M11.5 16.5l.5.5 9.5-9.5",
};

/** A drawing that says nothing to a screen reader. */
export function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("class", `icon icon-${name}`);
  drawing.setAttribute("aria-hidden", "true");
  drawing.append(path);
  return drawing;
}

/** Put the drawings into the page's own markup. */
export function drawIcons() {
  for (const place of document.querySelectorAll("[data-icon]")) place.prepend(icon(place.dataset.icon));
}
