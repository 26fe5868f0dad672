/** Presses of buttons: sent, waited for, and what the bot answered shown. */

import * as api from "./api.js";
import { harmless } from "./links.js";

/** Remembers which presses wait for the bot; `changed(message)` is called when a message must show that anew. */
export class Presses {
  #waiting = new Set();

  constructor(state, { toast, link, changed }) {
    this.state = state;
    this.toast = toast;
    this.link = link;
    this.changed = changed;
  }

  /** Whether the person that is played waits for the answer to this button. */
  isWaiting(message, row, column) {
    return this.#waiting.has(this.#name(message, row, column));
  }

  /** Press a button once; further presses wait for the answer to the first. */
  async press(message, row, column) {
    const button = message.buttons[row][column];
    if (button.url) {
      const url = harmless(button.url);
      if (url && !this.link(url)) window.open(url.href, "_blank", "noopener,noreferrer");
      return;
    }
    const name = this.#name(message, row, column);
    if (this.#waiting.has(name)) return;
    this.#waiting.add(name);
    this.changed(message);
    await api.attempt(
      async () => this.#show(await api.press(this.state.me.id, message.chat, message.id, row, column)),
      (sentence) => this.toast.show(sentence, { isBad: true }),
    );
    this.#waiting.delete(name);
    this.changed(message);
  }

  #show({ answered, toast, alert, url }) {
    if (!answered) this.toast.show("The bot did not answer within 30 seconds.", { isBad: true });
    if (toast && alert) this.toast.alert(toast);
    else if (toast) this.toast.show(toast);
    const address = harmless(url);
    if (address) this.link(address);
  }

  #name(message, row, column) {
    return [this.state.me.id, message.chat, message.id, row, column, message.buttons[row][column].text].join(" ");
  }
}
