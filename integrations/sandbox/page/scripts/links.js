/** Addresses that come with messages. */

const SCHEMES = new Set(["http:", "https:", "mailto:", "tg:"]);

/** The URL, or null for what is none or could run as a script. */
export function harmless(address) {
  const url = URL.canParse(address) ? new URL(address) : null;
  return url !== null && SCHEMES.has(url.protocol) ? url : null;
}
