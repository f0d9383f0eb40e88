/** Most people that one text can mention; further ones are text like any other. */
export const MAX_MENTIONS = 50;

// A username as auth takes it, not within a word or an e-mail address.
const NAME_IN_TEXT = /(?<![\p{L}\p{M}\p{N}_.@/])@([A-Za-z0-9_]{3,50})(?![\p{L}\p{M}\p{N}_@])/gu;

/** The usernames that a text mentions, as they are written there, each once whatever its case. */
export function namesMentioned(content: string): string[] {
  const names = new Map<string, string>();
  for (const [, name = ''] of content.matchAll(NAME_IN_TEXT)) {
    const key = name.toLowerCase();
    if (!names.has(key)) names.set(key, name);
  }
  return [...names.values()].slice(0, MAX_MENTIONS);
}
