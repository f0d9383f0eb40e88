import { type UserErrorValue, userError } from '@postbook/service-kit';
import {
  mayTurn,
  NOTIFICATION_CHANNELS,
  NOTIFICATION_TYPES,
  type NotificationSwitch,
  type QuietHours,
} from './preferences.ts';

/** What a person wants to change; undefined for what stays. */
export interface PreferencesChange {
  readonly switches: readonly NotificationSwitch[];
  /** Null for none. */
  readonly quietHours: QuietHours | null | undefined;
  readonly timeZone: string | undefined;
}

/** Fields of the matrix: more than that can't be changed at once. */
const MAX_SWITCHES = NOTIFICATION_TYPES.length * NOTIFICATION_CHANNELS.length;

const TIME_OF_DAY = /^([01][0-9]|2[0-3]):[0-5][0-9]$/;

/** Whether it is the name of a time zone. Offsets such as `+02:00` are none: they don't know of summer. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function checkSwitches(switches: readonly NotificationSwitch[]): UserErrorValue[] {
  if (switches.length > MAX_SWITCHES) {
    return [userError('TOO_LONG', `At most ${MAX_SWITCHES} switches at once.`, 'switches')];
  }
  return switches.flatMap((turn, index) =>
    mayTurn(turn)
      ? []
      : [userError('NOT_ALLOWED', 'Security notices can’t be turned off in the list.', 'switches', index)],
  );
}

function checkQuietHours({ from, to }: QuietHours): UserErrorValue[] {
  const wrong = Object.entries({ from, to }).filter(([, time]) => !TIME_OF_DAY.test(time));
  if (wrong.length === 0 && from === to) {
    return [userError('INVALID_FORMAT', 'Quiet hours must end at another time than they begin.', 'quietHours', 'to')];
  }
  return wrong.map(([field]) => userError('INVALID_FORMAT', 'Give a time such as "22:00".', 'quietHours', field));
}

/** Why the change can't be made; empty when it can. */
export const checkPreferences = ({ switches, quietHours, timeZone }: PreferencesChange): UserErrorValue[] => [
  ...checkSwitches(switches),
  ...(quietHours ? checkQuietHours(quietHours) : []),
  ...(timeZone !== undefined && !isTimeZone(timeZone)
    ? [userError('INVALID_FORMAT', 'Give an IANA time zone such as "Europe/Vienna".', 'timeZone')]
    : []),
];
