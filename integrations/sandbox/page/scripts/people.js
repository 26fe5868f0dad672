/** The row in which one chooses whom to play. */

import { avatar, byId, element } from "./dom.js";

/** Draw the row; `choose(person)` is called for the one that is chosen. */
export function drawPeople(state, choose) {
  const row = byId("people");
  const hadFocus = row.contains(document.activeElement);
  row.replaceChildren(
    ...state.people.map((person, index) =>
      element(
        "label",
        { class: "person", title: `Be ${person.name} (key ${index + 1})` },
        element("input", { type: "radio", name: "person", value: person.id, checked: person === state.me,
          onchange: () => choose(person) }),
        avatar(person.id, person.name),
        element("span", {}, person.name),
      ),
    ),
  );
  if (hadFocus) row.querySelector("input:checked").focus();
}
