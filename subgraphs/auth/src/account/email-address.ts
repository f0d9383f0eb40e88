import { domainToASCII, domainToUnicode } from 'node:url';

/** Longest address and part before the @, in bytes (RFC 5321). */
const MAX_ADDRESS_BYTES = 254;
const MAX_LOCAL_BYTES = 64;
const MAX_DOMAIN_LENGTH = 253;

/** One piece between dots before the @ (RFC 5322 `atext`, with letters of all scripts by RFC 6532). */
const LOCAL_ATOM = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~\p{L}\p{M}\p{N}-]+$/u;
/** What a domain may be typed with, before it is turned into ASCII: the converter itself reads far more than domains. */
const TYPED_DOMAIN = /^[\p{L}\p{M}\p{N}.\u3002-]+$/u;
const ASCII_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const DIGITS = /^\d+$/;

function canonicalDomain(typed: string): string | undefined {
  if (!TYPED_DOMAIN.test(typed)) return undefined;
  const domain = domainToASCII(typed.normalize('NFC')).toLowerCase();
  if (domain.length > MAX_DOMAIN_LENGTH) return undefined;
  const labels = domain.split('.');
  const isDomain = labels.length >= 2 && labels.every((label) => ASCII_LABEL.test(label));
  // A top level of digits is an IP address, or a mistyped one.
  return isDomain && !DIGITS.test(labels.at(-1) ?? '') ? domain : undefined;
}

/**
 * Reads an e-mail address as people type it into the form that is stored: the part before the @ as given, the domain in
 * ASCII and lower case, so that one mailbox has one form. Quoted local parts, comments and address literals are refused:
 * the standard has them, no provider does, and much software trips over them.
 *
 * Every pattern looks at one class of characters, so the time grows with the length alone.
 *
 * @returns undefined when it is no address.
 */
export function parseEmailAddress(text: string): string | undefined {
  const typed = text.trim().normalize('NFC');
  if (Buffer.byteLength(typed) > MAX_ADDRESS_BYTES) return undefined;
  const at = typed.lastIndexOf('@');
  if (at < 1) return undefined;
  const local = typed.slice(0, at);
  if (Buffer.byteLength(local) > MAX_LOCAL_BYTES) return undefined;
  if (!local.split('.').every((atom) => LOCAL_ATOM.test(atom))) return undefined;
  const domain = canonicalDomain(typed.slice(at + 1));
  if (domain === undefined) return undefined;
  const address = `${local}@${domain}`;
  return Buffer.byteLength(address) <= MAX_ADDRESS_BYTES ? address : undefined;
}

/** A stored address as its owner knows it: the domain in its own script. */
export function displayEmailAddress(address: string): string {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, at)}@${domainToUnicode(address.slice(at + 1))}`;
}
