/** A poll to vote in, or its results once the person has voted. */

import { element } from "./dom.js";
import { icon } from "./icons.js";

/** The poll of a message; `actions.vote(message, options)` sends the numbers of the options, none takes the vote back. */
export function poll(state, message, actions) {
  const { question, options, is_closed: isClosed, total_voter_count: voters } = message.poll;
  const chosen = message.poll.chosen[state.me.id] ?? [];
  const isAnswered = isClosed || chosen.length > 0;
  return element(
    "div",
    { class: "poll", role: "group", "aria-label": `Poll: ${question}` },
    element("strong", { class: "poll-question", dir: "auto" }, question),
    element("div", { class: "poll-kind" }, kindOf(message.poll)),
    isAnswered ? results(message.poll, chosen) : choices(message, options, actions),
    element(
      "div",
      { class: "poll-foot" },
      voters === 0 ? "No votes yet" : `${voters} ${voters === 1 ? "vote" : "votes"}`,
      isAnswered && !isClosed && mayRevote(message.poll)
        ? element("button", { type: "button", "data-place": "retract", onclick: () => actions.vote(message, []) },
            "Take my vote back")
        : null,
    ),
  );
}

const mayRevote = ({ type, allows_revoting: revoting }) => type !== "quiz" && revoting !== false;

function kindOf({ is_closed: isClosed, is_anonymous: isAnonymous, type, allows_multiple_answers: isMultiple }) {
  if (isClosed) return "Final results";
  const kind = type === "quiz" ? "quiz" : "poll";
  return `${isAnonymous ? "Anonymous " : "Public "}${kind}${isMultiple ? ", several answers" : ""}`;
}

function choices(message, options, actions) {
  if (!message.poll.allows_multiple_answers) {
    return options.map(({ text }, number) =>
      element(
        "button",
        { type: "button", class: "choice", "data-place": `option ${number}`,
          onclick: () => actions.vote(message, [number]) },
        element("span", { class: "ring" }),
        element("span", { dir: "auto" }, text),
      ),
    );
  }
  const boxes = options.map(({ text }, number) =>
    element("label", { class: "choice" }, element("input", { type: "checkbox", value: number }),
      element("span", { dir: "auto" }, text)),
  );
  const vote = () => {
    const ticked = boxes.map((each) => each.querySelector("input")).filter(({ checked }) => checked);
    if (ticked.length > 0) actions.vote(message, ticked.map(({ value }) => Number(value)));
  };
  return [...boxes, element("button", { type: "button", class: "poll-vote", onclick: vote }, "Vote")];
}

function results({ options, total_voter_count: voters, correct, hides_results: isHidden }, chosen) {
  return options.map(({ text, voter_count: count }, number) => {
    const share = voters === 0 ? 0 : Math.round((100 * count) / voters);
    return element(
      "div",
      { class: correct.includes(number) ? "result right" : "result" },
      element("span", { class: "share" }, isHidden ? "" : `${share} %`),
      element("span", { class: "answer", dir: "auto" }, text,
        chosen.includes(number) ? element("span", { class: "own", role: "img", "aria-label": "your vote" },
          icon("check")) : null),
      isHidden ? null : element("progress", { value: share, max: 100, "aria-label": `${text}: ${count}` }),
    );
  });
}
