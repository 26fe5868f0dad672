/** The bot's clock: shown, and moved ahead. */

import * as api from "./api.js";
import { byId } from "./dom.js";
import { clockText } from "./times.js";

const TICK = 1000;

/** What a button moves the clock by or to. */
const moveOf = ({ dataset }) => (dataset.to ? { to: dataset.to } : { seconds: Number(dataset.seconds) });

/** Keep the clock going; `failed(sentence)` hears of moves that were refused. */
export function startClock(state, failed) {
  const face = byId("clock-time");
  const draw = () => {
    if (state.me === null) return;
    face.textContent = clockText(state.now);
    face.dateTime = new Date(state.now).toISOString();
  };
  for (const button of document.querySelectorAll(".clock-moves button")) {
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        state.hear("clock", await api.moveClock(moveOf(button)));
      } catch (error) {
        if (!(error instanceof api.Refused)) throw error;
        failed(error.message);
      } finally {
        button.disabled = false;
      }
    });
  }
  state.addEventListener("all", draw);
  state.addEventListener("clock", draw);
  setInterval(draw, TICK);
}
