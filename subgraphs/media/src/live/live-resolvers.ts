import { requireViewer } from '@postbook/service-kit';
import type { Resolvers } from '../generated/resolver-types.ts';
import type { MediaFile } from '../media/media.ts';

/** Files on their way, live. */
export const liveResolvers = {
  Subscription: {
    mediaStatusChanged: {
      subscribe: (_parent, { mediaId }, context) => context.services.live.open(requireViewer(context).userId, mediaId),
      resolve: (file: MediaFile) => file,
    },
  },
} satisfies Resolvers;
