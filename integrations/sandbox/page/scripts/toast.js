/** Short answers that pass by, and alerts that wait for an OK. */

import { byId, element } from "./dom.js";

const SHOWN_FOR = 4500;

/** Show a toast for a few seconds. */
export function show(text, { isBad = false } = {}) {
  const toast = element("div", { class: isBad ? "toast bad" : "toast" }, text);
  byId("toasts").replaceChildren(toast);
  setTimeout(() => toast.remove(), SHOWN_FOR);
}

/** Show an alert until it is closed. */
export function alert(text) {
  const dialog = byId("alert");
  byId("alert-text").textContent = text;
  if (!dialog.open) dialog.showModal();
}
