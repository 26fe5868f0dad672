/** Pictures, alone or in an album, and files. */

import { element } from "./dom.js";
import { icon } from "./icons.js";
import { sizeText } from "./sizes.js";

/** The pictures of an album, in rows of two and three. */
export function photos(album) {
  const shown = album.filter(({ photo }) => photo);
  const kind = shown.length === 1 ? "photos one" : `photos many ${shown.length % 3 === 1 ? "in-pairs" : "in-threes"}`;
  return element("div", { class: kind, "data-count": shown.length }, shown.map(photo));
}

function photo({ id, photo: { src, width, height, spoiler }, text }) {
  const about = text.split("\n")[0];
  const picture = element("img", {
    src, width, height, alt: about ? `Picture: ${about}` : "Picture", decoding: "async", "data-picture": id,
  });
  if (!spoiler) return element("div", { class: "photo" }, picture);
  const label = "Hidden picture, press to show";
  const cover = element("button", { type: "button", class: "photo covered", "aria-label": label }, picture);
  cover.addEventListener("click", () => cover.replaceWith(element("div", { class: "photo" }, picture)));
  return cover;
}

/** A file to download. */
export function documentRow({ document: { src, name, size } }) {
  return element(
    "a",
    { class: "document", href: src, download: name },
    element("span", { class: "file" }, icon("download")),
    element("span", { class: "file-name", dir: "auto" }, name),
    element("span", { class: "file-size" }, size === undefined ? "Download" : sizeText(size)),
  );
}
