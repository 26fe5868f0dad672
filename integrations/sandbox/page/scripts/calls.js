/** The list of calls, newest first, with what was asked and answered. */

import { byId, element } from "./dom.js";
import { exactText, timeText } from "./times.js";

const KEPT = 500;
const DRAWN = 120;

export class CallList {
  #calls = [];

  constructor(state) {
    this.state = state;
    byId("filter").addEventListener("input", () => this.#draw());
  }

  /** Take over all calls, oldest first. */
  load(calls) {
    this.#calls = calls;
    this.#draw();
  }

  /** Another call was made. */
  add(call) {
    if (this.#calls.some(({ id }) => id === call.id)) return;
    this.#calls = [...this.#calls, call].slice(-KEPT);
    if (!this.#fits(call)) return;
    const list = byId("calls");
    list.querySelector(".empty")?.remove();
    list.prepend(this.#item(call));
    if (list.childElementCount > DRAWN) list.lastElementChild.remove();
    this.#count();
  }

  #draw() {
    const shown = this.#calls.filter((call) => this.#fits(call)).slice(-DRAWN).reverse();
    byId("calls").replaceChildren(...shown.map((call) => this.#item(call)));
    if (shown.length === 0) byId("calls").append(element("li", { class: "empty" }, "No call fits."));
    this.#count();
  }

  #count() {
    const fitting = this.#calls.filter((call) => this.#fits(call)).length;
    byId("calls-count").textContent = `${fitting} of the last ${this.#calls.length}`;
  }

  /** Whether every word of the filter stands somewhere in the call's line. */
  #fits(call) {
    const line = `${call.service} ${call.method} ${call.status ?? "dropped"} ${call.fault ?? ""} ${this.#chatName(call)}`;
    const words = byId("filter").value.toLowerCase().split(/\s+/u);
    return words.every((word) => line.toLowerCase().includes(word));
  }

  #chatName({ chat }) {
    return (chat !== null && this.state.chats.get(chat)?.title) || "";
  }

  #item(call) {
    const isBad = call.status === null || call.status >= 400;
    const details = element(
      "details",
      { class: isBad ? "call bad" : "call" },
      element(
        "summary",
        {},
        element("span", { class: `service-name of-${call.service}` }, call.service),
        element("span", { class: "method" }, call.method),
        element("span", { class: "status" }, call.status === null ? "dropped" : String(call.status)),
        element("span", { class: "call-more" }, this.#more(call)),
      ),
    );
    details.addEventListener("toggle", () => {
      if (details.childElementCount === 1) details.append(...explain(call));
    });
    return element("li", {}, details);
  }

  #more(call) {
    const took = call.milliseconds < 1 ? "< 1" : String(Math.round(call.milliseconds));
    const flood = call.flood?.limit ? `minute ${call.flood.used}/${call.flood.limit}` : null;
    const parts = [timeText(Date.parse(call.at)), `${took} ms`, this.#chatName(call), flood, call.fault && `⚡ ${call.fault}`];
    return parts.filter(Boolean).join(" · ");
  }
}

function explain(call) {
  return [
    element("p", { class: "call-at" }, exactText(Date.parse(call.at))),
    element("h4", {}, "Asked"),
    element("pre", { tabindex: "0" }, textOf(call.parameters)),
    element("h4", {}, "Answered"),
    element("pre", { tabindex: "0" }, call.status === null ? "The connection was dropped." : textOf(call.answer)),
  ];
}

const textOf = (value) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));
