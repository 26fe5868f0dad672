/** A message in one line of plain text, for the side list, quotes and screen readers. */

const SERVICES = {
  new_chat_title: (who, what) => `${who} named the group “${what}”`,
  forum_topic_created: (who, what) => `${who} opened the topic “${what}”`,
  pinned_message: (who) => `${who} pinned a message`,
  migrate_to_chat_id: () => "The group became a supergroup",
  migrate_from_chat_id: () => "The group became a supergroup",
};

/** The line; what a spoiler hides stays hidden. */
export function summary(message) {
  if (message.service) return serviceText(message);
  const words = covered(message.text, message.entities).replace(/\s+/gu, " ").trim();
  if (message.photo) return `🖼 ${words || "Picture"}`;
  if (message.document) return `📎 ${words || message.document.name}`;
  if (message.poll) return `📊 ${message.poll.question}`;
  return words;
}

/** What a service message says. */
export function serviceText({ sender, service: { kind, about } }) {
  const who = sender.name;
  if (kind === "new_chat_members") return about === who ? `${who} joined` : `${who} added ${about}`;
  if (kind === "left_chat_member") return about === who ? `${who} left` : `${who} removed ${about}`;
  return SERVICES[kind]?.(who, about) ?? `${who}: ${kind.replaceAll("_", " ")}`;
}

function covered(text, entities) {
  let shown = text;
  for (const { type, offset, length } of entities) {
    if (type === "spoiler") shown = shown.slice(0, offset) + "▒".repeat(length) + shown.slice(offset + length);
  }
  return shown;
}
