/** The server's API for the page; the shapes are described in `integrations/sandbox/server.py`. */

/** The server refused; the message is a sentence for the person. */
export class Refused extends Error {}

const EVENTS = ["message", "chat", "commands", "clock", "action", "call", "faults"];

async function ask(path, request) {
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

function tell(path, body) {
  const headers = { "Content-Type": "application/json" };
  return ask(path, { method: "POST", headers, body: JSON.stringify(body) });
}

export const fetchState = () => ask("state");
export const fetchCalls = () => ask("calls");
export const fetchFaults = () => ask("faults");
export const write = (what) => tell("write", what);
export const press = (person, chat, message, row, column) => tell("press", { person, chat, message, row, column });
export const react = (person, chat, message, emoji) => tell("react", { person, chat, message, emoji });
export const vote = (person, chat, message, options) => tell("vote", { person, chat, message, options });
export const administer = (what) => tell("admin", what);
export const moveClock = (move) => tell("clock", move);
export const orderFault = (kind, times) => tell("faults", { kind, times });
export const cancelFault = (id) => tell("faults", { cancel: id });

/** Send a file; `fields` are those of `POST /api/upload`, and what is undefined is left out. */
export function upload(fields, file) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && value !== null) body.append(name, String(value));
  }
  body.append("file", file, file.name);
  return ask("upload", { method: "POST", body });
}

/** Do something that the server may refuse; whether it was done. `failed` hears the sentence. */
export async function attempt(work, failed) {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    failed(error.message);
    return false;
  }
}

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
