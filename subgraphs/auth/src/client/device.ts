import type { ClientInfo } from '@postbook/service-kit';
import { addressOf } from './client-address.ts';

/** What is kept of a client: shown to the owner among their sessions and login attempts. */
export interface Device {
  readonly ipAddress: string;
  readonly type: 'Web' | 'Mobile' | 'Desktop' | null;
  /** For people, such as "Firefox on Linux". */
  readonly info: string | null;
  readonly userAgent: string | null;
}

const MAX_USER_AGENT_LENGTH = 512;

/** In the order of asking: later ones also name the earlier ones, or the other way round. */
const BROWSERS = [
  ['Edg', 'Edge'],
  ['OPR/', 'Opera'],
  ['Firefox/', 'Firefox'],
  ['FxiOS', 'Firefox'],
  ['CriOS', 'Chrome'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const;

const SYSTEMS = [
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Android', 'Android'],
  ['Windows', 'Windows'],
  ['Mac OS X', 'macOS'],
  ['CrOS', 'ChromeOS'],
  ['Linux', 'Linux'],
] as const;

const MOBILE_SYSTEMS = new Set<string>(['iPhone', 'iPad', 'Android']);

const firstNamed = (list: ReadonlyArray<readonly [string, string]>, userAgent: string) =>
  list.find(([mark]) => userAgent.includes(mark))?.[1];

function typeOf(userAgent: string, browser: string | undefined, system: string | undefined): Device['type'] {
  if (system !== undefined && MOBILE_SYSTEMS.has(system)) return 'Mobile';
  if (userAgent.includes('Electron/')) return 'Desktop';
  return browser === undefined ? null : 'Web';
}

/** Reads what a user agent says about itself. It may lie: nothing may be decided by it. */
export function deviceOf(client: ClientInfo | undefined): Device {
  const ipAddress = addressOf(client);
  const userAgent = client?.userAgent?.replace(/\p{Cc}/gu, '').slice(0, MAX_USER_AGENT_LENGTH) || null;
  if (userAgent === null) return { ipAddress, type: null, info: null, userAgent: null };
  const browser = firstNamed(BROWSERS, userAgent);
  const system = firstNamed(SYSTEMS, userAgent);
  const info = browser && system ? `${browser} on ${system}` : (browser ?? system ?? null);
  return { ipAddress, type: typeOf(userAgent, browser, system), info, userAgent };
}
