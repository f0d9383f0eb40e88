/** Up to this length, looking at each character is faster than the call of `JSON.stringify`. */
const SHORT = 40;

/** A string as JSON text. */
export function quote(text: string): string {
  const { length } = text;
  if (length > SHORT) return JSON.stringify(text);
  for (let i = 0; i < length; i += 1) {
    const code = text.charCodeAt(i);
    // Control characters, quotes, backslashes, and halves of pairs, which JSON escapes when the other half is missing.
    if (code < 0x20 || code === 0x22 || code === 0x5c || code >= 0xd800) return JSON.stringify(text);
  }
  return `"${text}"`;
}
