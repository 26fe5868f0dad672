/** Behind the scenes: the panel, the calls the bot made, and what shall go wrong. */

import * as api from "./api.js";
import { CallList } from "./calls.js";
import { byId, element } from "./dom.js";

export class Scenes {
  #kinds = [];

  /** `failed(sentence)` hears of what was refused. */
  constructor(state, failed) {
    this.failed = failed;
    this.panel = byId("scenes");
    this.calls = new CallList(state);
    byId("scenes-toggle").addEventListener("click", () => this.toggle());
    byId("scenes-close").addEventListener("click", () => this.toggle());
    this.panel.addEventListener("keydown", ({ key, target }) => {
      if (key === "Escape" && !(target.type === "search" && target.value)) this.toggle();
    });
    byId("order").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#tell(() => api.orderFault(byId("fault").value, Number(byId("times").value) || undefined));
    });
    state.addEventListener("call", ({ detail }) => this.isOpen && this.calls.add(detail));
    state.addEventListener("faults", ({ detail }) => this.isOpen && this.#drawOrdered(detail.ordered));
  }

  get isOpen() {
    return !this.panel.hidden;
  }

  /** Open or close it. */
  async toggle() {
    this.panel.hidden = this.isOpen;
    byId("scenes-toggle").setAttribute("aria-expanded", String(this.isOpen));
    byId("app").classList.toggle("with-scenes", this.isOpen);
    if (!this.isOpen) {
      byId("scenes-toggle").focus();
      return;
    }
    byId("scenes-title").focus();
    await this.load();
  }

  /** Ask for everything anew, where it is open. */
  async load() {
    if (!this.isOpen) return;
    await api.attempt(async () => {
      const [{ calls }, { kinds, ordered }] = await Promise.all([api.fetchCalls(), api.fetchFaults()]);
      this.calls.load(calls);
      this.#kinds = kinds;
      byId("fault").replaceChildren(...grouped(kinds));
      this.#drawOrdered(ordered);
    }, this.failed);
  }

  #tell(work) {
    return api.attempt(async () => this.#drawOrdered((await work()).ordered), this.failed);
  }

  #drawOrdered(ordered) {
    const hadFocus = byId("ordered").contains(document.activeElement);
    const title = (kind) => this.#kinds.find(({ id }) => id === kind)?.title ?? kind;
    byId("ordered").replaceChildren(...ordered.map(({ id, kind, left }) =>
      element(
        "li",
        {},
        element("span", { class: "fault-title" }, title(kind)),
        element("span", { class: "left" }, left === null ? "until cancelled" : `${left} left`),
        element("button", { type: "button", class: "quiet", "aria-label": `Cancel: ${title(kind)}`,
          onclick: () => this.#tell(() => api.cancelFault(id)) }, "Cancel"),
      ),
    ));
    if (hadFocus) byId("scenes-title").focus();
  }
}

function grouped(kinds) {
  const services = [...new Set(kinds.map(({ service }) => service))];
  return services.map((name) => {
    const offered = kinds.filter(({ service }) => service === name);
    return element("optgroup", { label: name }, offered.map(({ id, title }) => element("option", { value: id }, title)));
  });
}
