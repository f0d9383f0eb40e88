import { requireViewer } from '@postbook/service-kit';
import type { NotificationChannel as ChannelWord, Resolvers } from '../generated/resolver-types.ts';
import { TYPE_WORDS, typeOfWord } from '../notification/notification-words.ts';
import { isEnabled, NOTIFICATION_TYPES, type NotificationChannel } from './preferences.ts';

const CHANNELS: Readonly<Record<ChannelWord, NotificationChannel>> = { IN_APP: 'InApp', PUSH: 'Push', EMAIL: 'Email' };

/** How the viewer wants to be told. */
export const preferencesResolvers = {
  Query: {
    notificationPreferences: (_parent, _args, context) =>
      context.services.preferences.read(requireViewer(context).userId),
  },
  Mutation: {
    async updateNotificationPreferences(_parent, { input }, context) {
      const { switches, quietHours, timeZone } = input;
      const { value, errors } = await context.services.preferences.update(requireViewer(context).userId, {
        switches: (switches ?? []).map(({ type, channel, isEnabled: isOn }) => ({
          type: typeOfWord(type),
          channel: CHANNELS[channel],
          isEnabled: isOn,
        })),
        quietHours,
        timeZone: timeZone ?? undefined,
      });
      return { preferences: value, errors };
    },
  },
  NotificationPreferences: {
    types: (preferences) =>
      NOTIFICATION_TYPES.map((type) => ({
        type: TYPE_WORDS[type],
        inApp: isEnabled(preferences, type, 'InApp'),
        push: isEnabled(preferences, type, 'Push'),
        email: isEnabled(preferences, type, 'Email'),
      })),
  },
} satisfies Resolvers;
