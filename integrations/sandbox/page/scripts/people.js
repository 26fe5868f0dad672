/** The row in which one chooses whom to play. */

import { avatar, byId, element } from "./dom.js";

/** Draw the row; `choose(person)` is called for the one that is chosen. */
export function drawPeople(state, choose) {
  const row = byId("people");
  const hadFocus = row.contains(document.activeElement);
  row.replaceChildren(
    ...state.people.map((person, index) => {
      const isChecked = person === state.me;
      return element(
        "label",
        { class: "person", title: `Play ${person.name} (key ${index + 1})` },
        element("input", { type: "radio", name: "person", value: person.id, checked: isChecked,
          onchange: () => choose(person) }),
        avatar(person.id, person.name),
        element("span", {}, person.name),
      );
    }),
  );
  if (hadFocus) row.querySelector("input:checked").focus();
}

/** Let the keys 1 to 4 choose, wherever one does not type. */
export function listenForKeys(state, choose) {
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target instanceof HTMLTextAreaElement;
    if (event.ctrlKey || event.metaKey || (isTyping && !event.altKey) || byId("alert").open) return;
    const person = state.people[["Digit1", "Digit2", "Digit3", "Digit4"].indexOf(event.code)];
    if (person === undefined) return;
    event.preventDefault();
    choose(person);
  });
}
