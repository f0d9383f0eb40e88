import type { EventOf } from '@postbook/events';
import type { TemplateKey } from '../text/catalogue.ts';
import type { PersonalEffects } from './cause.ts';
import { causeBase, tell } from './personal-effects.ts';

const SECURITY_TEMPLATES: Readonly<Record<string, TemplateKey | undefined>> = {
  TokenReuse: 'SecurityTokenReuse',
  PasswordChanged: 'SecurityPasswordChanged',
};

/** Sessions ended in a way that their owner should know of. */
export function sessionRevoked(event: EventOf<'SessionRevoked'>): PersonalEffects[] {
  const { userId, reason } = event.payload;
  const templateKey = SECURITY_TEMPLATES[reason];
  if (!templateKey) return [];
  return tell(userId, {
    ...causeBase(event),
    key: `Security:${event.eventId}`,
    type: 'Security',
    templateKey,
    groupKey: templateKey,
    actorId: null,
    related: null,
    actionUrl: '/settings/security',
    entities: [],
  });
}
