/** Reactions under a message, and the row from which one adds some. */

import { element } from "./dom.js";
import { icon } from "./icons.js";

const OFFERED = ["👍", "❤", "🔥", "😁", "🤔", "😢", "👎", "🎉"];

/** What people gave; pressing one gives it too, or takes it back. */
export function reactions(state, message, actions) {
  return element(
    "ul",
    { class: "reactions", "aria-label": "Reactions" },
    message.reactions.map(({ emoji, people }) => {
      const isMine = people.includes(state.me.id);
      return element("li", {}, element(
        "button",
        { type: "button", class: "reaction", "aria-pressed": String(isMine), "data-place": `reaction ${emoji}`,
          title: people.map((id) => nameOf(state, id)).join(", "), onclick: () => actions.react(message, emoji) },
        element("span", { "aria-hidden": "true" }, emoji),
        element("span", { class: "hidden" }, `${emoji} by `),
        String(people.length),
      ));
    }),
  );
}

const nameOf = (state, id) => [...state.people, state.bot].find((each) => each.id === id)?.name ?? "Somebody";

/** The button that opens the row. */
export function reactButton(message, actions) {
  const button = element(
    "button",
    { type: "button", class: "round", title: "React (E)", "aria-label": `React to ${message.sender.name}`,
      "aria-expanded": "false", "data-place": "react" },
    icon("react"),
  );
  button.addEventListener("click", () => open(button, message, actions));
  return button;
}

function open(button, message, actions) {
  const wasOpen = button.getAttribute("aria-expanded") === "true";
  document.querySelector(".offer")?.dispatchEvent(new Event("close"));
  if (wasOpen) return;
  const choose = (emoji) => {
    row.dispatchEvent(new Event("close"));
    actions.react(message, emoji);
  };
  const row = element("div", { class: "offer", role: "group", "aria-label": "Add a reaction" }, OFFERED.map((emoji) =>
    element("button", { type: "button", "aria-label": emoji, onclick: () => choose(emoji) }, emoji)));
  row.addEventListener("close", () => {
    if (row.contains(document.activeElement)) button.focus();
    row.remove();
    button.setAttribute("aria-expanded", "false");
  });
  row.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const buttons = [...row.children];
    if (step) buttons.at((buttons.indexOf(document.activeElement) + step) % buttons.length).focus();
    if (event.key === "Escape") row.dispatchEvent(new Event("close"));
    if (step || event.key === "Escape") event.stopPropagation();
  });
  row.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !row.contains(relatedTarget) && relatedTarget !== button) row.dispatchEvent(new Event("close"));
  });
  button.setAttribute("aria-expanded", "true");
  button.parentElement.append(row);
  row.firstElementChild.focus();
}
