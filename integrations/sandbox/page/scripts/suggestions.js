/** The list of commands that opens above the box while one types a `/`. */

import { commandsFor } from "./commands.js";
import { byId, element } from "./dom.js";

export class Suggestions {
  #offered = [];
  #chosen = 0;

  /** `send(text)` and `complete(text)` take a command that was chosen. */
  constructor(state, { send, complete }) {
    this.state = state;
    this.send = send;
    this.complete = complete;
    this.list = byId("suggestions");
    this.words = byId("words");
  }

  get isOpen() {
    return !this.list.hidden;
  }

  /** Offer what fits the text: commands that begin like it. */
  offer(text) {
    const found = /^\/(\w*)$/u.exec(text);
    const commands = found ? commandsFor(this.state) : [];
    this.#offered = commands.filter(({ command }) => command.startsWith(found?.[1].toLowerCase()));
    this.#chosen = 0;
    this.#draw();
  }

  close() {
    this.#offered = [];
    this.#draw();
  }

  /** Take a key that was pressed in the box; whether it was for the list. */
  take(event) {
    if (!this.isOpen) return false;
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step) {
      this.#chosen = (this.#chosen + step + this.#offered.length) % this.#offered.length;
      this.#draw();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      this.send(`/${this.#offered[this.#chosen].command}`);
    } else if (event.key === "Tab" && !event.shiftKey) {
      this.complete(`/${this.#offered[this.#chosen].command} `);
    } else if (event.key === "Escape") {
      this.close();
    } else {
      return false;
    }
    event.preventDefault();
    return true;
  }

  #draw() {
    this.list.hidden = this.#offered.length === 0;
    this.list.replaceChildren(...this.#offered.map(({ command, description }, number) =>
      element(
        "li",
        { role: "option", id: `command-${number}`, "aria-selected": String(number === this.#chosen),
          onpointerdown: (event) => event.preventDefault(), onclick: () => this.send(`/${command}`) },
        element("strong", {}, `/${command}`),
        element("span", {}, description),
      ),
    ));
    if (this.list.hidden) this.words.removeAttribute("aria-activedescendant");
    else this.words.setAttribute("aria-activedescendant", `command-${this.#chosen}`);
    this.list.children[this.#chosen]?.scrollIntoView({ block: "nearest" });
  }
}
