/** The server's API for the page; the shapes are described in `integrations/sandbox/server.py`. */

/** The server refused; the message is a sentence for the person. */
export class Refused extends Error {}

const EVENTS = ["message", "chat", "commands", "clock"];

async function ask(path, body) {
  const request = body && {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
  let answer;
  try {
    answer = await fetch(`/api/${path}`, request);
  } catch {
    throw new Refused("The demo does not answer. Is it still running?");
  }
  const value = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(value.error ?? `The demo answered with an error (${answer.status}).`);
  return value;
}

export const fetchState = () => ask("state");
export const write = (person, chat, text, replyTo) => ask("write", { person, chat, text, reply_to: replyTo });
export const press = (person, chat, message, row, column) => ask("press", { person, chat, message, row, column });
export const moveClock = (move) => ask("clock", move);

/**
 * Follow what happens after event `after`. `heard(kind, data)` gets each event, `line(trouble)` what is wrong
 * with the connection (null: nothing), `missed()` that the state must be fetched again; the line is closed by then.
 */
export function follow(after, { heard, line, missed }) {
  const source = new EventSource(`/api/events?after=${after}`);
  for (const kind of EVENTS) source.addEventListener(kind, (event) => heard(kind, JSON.parse(event.data)));
  source.addEventListener("reset", () => {
    source.close();
    missed();
  });
  source.addEventListener("open", () => line(null));
  source.addEventListener("error", () =>
    line(source.readyState === EventSource.CLOSED ? "This demo has ended" : "Reconnecting …"),
  );
}
