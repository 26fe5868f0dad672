/** What keys do outside of the boxes one types in. */

import { byId, takesLetters } from "./dom.js";

const PLACES = ["Digit1", "Digit2", "Digit3", "Digit4"];

/** `choose(person)`, `reply(message)`, `scenes()` are called for 1 to 4 (Alt while typing), R and B. */
export function listenForKeys(state, conversation, composer, { choose, reply, scenes }) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
    const isTyping = takesLetters(event.target);
    const person = state.people[PLACES.indexOf(event.code)];
    if (person && (event.altKey || !isTyping)) {
      event.preventDefault();
      choose(person);
    }
    if (isTyping || event.altKey) return;
    const letters = { b: scenes, r: () => conversation.focused && reply(conversation.focused), e: openReactions };
    const act = letters[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });

  byId("scroll").addEventListener("keydown", (event) => {
    if (event.defaultPrevented) return;
    const steps = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };
    if (event.key in steps) {
      if (event.key === "End") document.activeElement.blur();
      conversation.step(event.key === "End" ? 0 : steps[event.key]);
      event.preventDefault();
    }
    if (event.key === "Escape") composer.focus();
  });

  byId("words").addEventListener("keydown", (event) => {
    if (event.key !== "ArrowUp" || event.defaultPrevented || event.target.value !== "") return;
    if (conversation.step(0)) event.preventDefault();
  });
}

function openReactions() {
  document.activeElement?.closest?.(".message")?.querySelector("[data-place=react]")?.click();
}
