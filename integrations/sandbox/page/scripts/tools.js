/** Admin tools: what people can do to the group, to each other and to the bot, besides writing. */

import * as api from "./api.js";
import { avatar, botAvatar, byId, element, keepFocus } from "./dom.js";

/** What undoes what stands in its place. */
const OPPOSITES = { demote: "promote", leave: "join", kick_bot: "add_bot", unblock: "block" };

export class Tools {
  /** `failed(sentence)` hears of what was refused; `changed()` is called when the person writes in another name. */
  constructor(state, failed, changed) {
    this.state = state;
    this.failed = failed;
    this.changed = changed;
    this.dialog = byId("tools");
    byId("tools-open").addEventListener("click", () => {
      this.#draw();
      this.dialog.showModal();
    });
    this.dialog.addEventListener("click", ({ target }) => target === this.dialog && this.dialog.close());
  }

  /** The chat may have changed: draw it again if it is open. */
  refresh() {
    if (this.dialog.open) this.#draw();
  }

  #draw() {
    const { chat, me } = this.state;
    const isPrivate = chat.type === "private";
    byId("tools-title").textContent = isPrivate ? `${me.name}’s private chat` : chat.title;
    const body = byId("tools-body");
    keepFocus(body, () => body.replaceChildren(...(isPrivate ? this.#private() : this.#group())));
  }

  #private() {
    const { chat, me, bot } = this.state;
    return [
      element("p", { class: "hint" }, chat.blocked
        ? `${me.name} has blocked ${bot.name}: it gets a 403 for whatever it sends here.`
        : `A bot that is blocked gets a 403 for whatever it sends here.`),
      element("div", { class: "acts" }, chat.blocked
        ? this.#act("Unblock the bot", { do: "unblock", person: me.id })
        : this.#act("Block the bot", { do: "block", person: me.id }, "danger")),
    ];
  }

  #group() {
    const { chat, me, people } = this.state;
    const strangers = people.filter((person) => !this.state.standing(chat, person));
    return [
      element("p", { class: "hint" }, this.state.isAdmin()
        ? `You are ${me.name}, an admin here.`
        : `You are ${me.name}, no admin here: some of this is an admin’s to do.`),
      element("h3", {}, "Members"),
      element("ul", { class: "members" },
        chat.members.map((member) => this.#member(member)), strangers.map((person) => this.#stranger(person))),
      element("h3", {}, "The bot"),
      element("div", { class: "acts" }, chat.bot_present
        ? this.#act("Remove the bot", { do: "kick_bot", person: me.id }, "danger")
        : this.#act("Add the bot back", { do: "add_bot", person: me.id })),
      element("h3", {}, "The group"),
      element("div", { class: "acts" },
        chat.type === "group"
          ? this.#act("Turn it into a supergroup", { do: "migrate", person: me.id })
          : this.#topicForm()),
      this.#anonymous(),
    ];
  }

  #member(member) {
    const isOwn = member.id === this.state.me.id;
    const isAdmin = ["administrator", "creator"].includes(member.status);
    const who = { chat: this.state.chat.id, person: member.id };
    return element(
      "li",
      {},
      member.is_bot ? botAvatar() : avatar(member.id, member.name),
      element("span", { class: "member-name", dir: "auto" }, member.name, isOwn ? " (you)" : ""),
      element("span", { class: "rank" }, { creator: "owner", administrator: "admin" }[member.status] ?? ""),
      member.status === "creator" ? null : isAdmin
        ? this.#act("Demote", { do: "demote", ...who }, "", `Demote ${member.name}`)
        : this.#act("Promote", { do: "promote", ...who }, "", `Promote ${member.name}`),
      member.is_bot ? null : this.#act("Leave", { do: "leave", ...who }, "", `${member.name} leaves`),
    );
  }

  #stranger(person) {
    return element(
      "li",
      {},
      avatar(person.id, person.name),
      element("span", { class: "member-name", dir: "auto" }, person.name),
      element("span", { class: "rank" }, "not here"),
      this.#act("Join", { do: "join", person: person.id }, "", `${person.name} joins`),
    );
  }

  #topicForm() {
    const name = element("input", { type: "text", id: "topic-name", maxlength: 128, required: true, placeholder: "Albums" });
    const open = (event) => {
      event.preventDefault();
      this.#do({ do: "open_topic", person: this.state.me.id, name: name.value });
    };
    return element(
      "form",
      { class: "topic-form", onsubmit: open },
      element("label", { for: "topic-name" }, "New topic"),
      name,
      element("button", { type: "submit", class: "quiet", "data-place": "topic" }, "Open it"),
    );
  }

  #anonymous() {
    const { chat } = this.state;
    const may = chat.type === "supergroup" && this.state.isAdmin();
    const box = element("input", { type: "checkbox", checked: this.state.anonymous, disabled: !may,
      "data-place": "anonymous" });
    box.addEventListener("change", () => {
      this.state.anonymous = box.checked;
      this.changed();
    });
    return element("label", { class: "switch" }, box, element("span", {}, `Write as “${chat.title}”`,
      element("small", {}, may ? "As an anonymous admin" : "For admins of a supergroup")));
  }

  #act(text, what, kind = "", label = null) {
    return element("button", { type: "button", class: `quiet ${kind}`, "aria-label": label,
      "data-place": `${OPPOSITES[what.do] ?? what.do} ${what.person}`, onclick: () => this.#do(what) }, text);
  }

  #do(what) {
    return api.attempt(() => api.administer({ chat: this.state.chat.id, ...what }), this.failed);
  }
}
