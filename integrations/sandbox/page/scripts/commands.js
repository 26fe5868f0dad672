/** The bot's command menus: which one Telegram shows a person in a chat. */

/**
 * The commands for the person that is played, in the open chat. The first scope that has a menu counts, each asked
 * for the person's language before the one for everybody (Bot API, "Determining list of commands").
 */
export function commandsFor(state) {
  const menus = state.commands.map((menu) => ({ ...menu, scope: JSON.parse(menu.scope) }));
  const { language } = state.me;
  for (const wanted of scopes(state)) {
    for (const tongue of [language, ""]) {
      const found = menus.find((menu) => fits(menu.scope, wanted) && (menu.language || "") === (tongue || ""));
      if (found) return found.commands;
    }
  }
  return [];
}

function scopes(state) {
  const chat = { chat_id: state.chat.id };
  if (state.chat.type === "private") return [{ type: "chat", ...chat }, { type: "all_private_chats" }, { type: "default" }];
  const admins = state.isAdmin();
  return [
    { type: "chat_member", ...chat, user_id: state.me.id },
    ...(admins ? [{ type: "chat_administrators", ...chat }] : []),
    { type: "chat", ...chat },
    ...(admins ? [{ type: "all_chat_administrators" }] : []),
    { type: "all_group_chats" },
    { type: "default" },
  ];
}

const fits = (scope, wanted) => Object.entries(wanted).every(([name, value]) => String(scope[name]) === String(value));
