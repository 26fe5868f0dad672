/** The club's clock: shown, and moved ahead. */

import * as api from "./api.js";
import { byId } from "./dom.js";
import { clockText } from "./times.js";

const TICK = 1000;

/** What a button moves the clock by or to. */
const moveOf = ({ dataset }) => (dataset.to ? { to: dataset.to } : { seconds: Number(dataset.seconds) });

/** Keep the clock going; `failed(sentence)` hears of moves that were refused. */
export function startClock(state, failed) {
  const draw = () => {
    if (state.me === null) return;
    byId("clock-time").textContent = clockText(state.now, state.zone);
    byId("clock-time").dateTime = new Date(state.now).toISOString();
    byId("clock-zone").textContent = state.zone.split("/").at(-1).replaceAll("_", " ");
  };
  const fold = listenForFold();
  const buttons = [...byId("clock-moves").querySelectorAll("button")];
  const setMoving = (isMoving) => {
    for (const button of buttons) button.setAttribute("aria-disabled", String(isMoving));
  };
  for (const button of buttons) {
    button.addEventListener("click", async () => {
      if (button.getAttribute("aria-disabled") === "true") return;
      setMoving(true);
      await api.attempt(async () => state.hear("clock", await api.moveClock(moveOf(button))), failed);
      setMoving(false);
      fold(false);
    });
  }
  for (const kind of ["all", "chat", "clock"]) state.addEventListener(kind, draw);
  setInterval(draw, TICK);
}

/** Where there is little room, the moves hide behind the clock's face; the function opens and closes them. */
function listenForFold() {
  const face = byId("clock-face");
  const fold = (open) => {
    face.setAttribute("aria-expanded", String(open));
    byId("clock-moves").classList.toggle("open", open);
  };
  face.addEventListener("click", () => fold(face.getAttribute("aria-expanded") !== "true"));
  document.addEventListener("keydown", ({ key }) => key === "Escape" && fold(false));
  document.addEventListener("pointerdown", ({ target }) => target.closest(".clock") || fold(false));
  return fold;
}
