/** The inline buttons below a message. */

import { element } from "./dom.js";
import { icon } from "./icons.js";

/** The rows of buttons of a message. */
export function keyboard(message, actions) {
  return element(
    "div",
    { class: "keyboard" },
    message.buttons.map((row, rowIndex) =>
      element(
        "div",
        { class: "keys" },
        row.map((button, column) => key(message, button, rowIndex, column, actions)),
      ),
    ),
  );
}

function key(message, button, row, column, actions) {
  const isWaiting = actions.isWaiting(message, row, column);
  return element(
    "button",
    {
      type: "button",
      class: `key ${button.style ?? ""}`,
      "data-place": `${row}/${column}`,
      "aria-busy": isWaiting && "true",
      "aria-disabled": isWaiting && "true",
      onclick: () => actions.press(message, row, column),
    },
    button.text,
    button.url ? icon("outside") : null,
  );
}
