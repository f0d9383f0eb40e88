import { requireViewer } from '@postbook/service-kit';
import type { Context } from '../context.ts';
import type { Resolvers } from '../generated/resolver-types.ts';
import type { PicturePlace } from './picture-service.ts';

const set =
  (place: PicturePlace) =>
  async (_: unknown, { input }: { input: { mediaId: string } }, context: Context) => {
    const { scope, services } = context;
    const { value, errors } = await services.picture.set(scope, requireViewer(context).userId, place, input.mediaId);
    return { user: value, errors };
  };

const remove = (place: PicturePlace) => async (_: unknown, _args: unknown, context: Context) => {
  const { scope, services } = context;
  const { value, errors } = await services.picture.remove(scope, requireViewer(context).userId, place);
  return { user: value, errors };
};

/** Pictures of pages. */
export const pictureResolvers = {
  Mutation: {
    setAvatar: set('avatar'),
    removeAvatar: remove('avatar'),
    setCover: set('cover'),
    removeCover: remove('cover'),
  },
} satisfies Resolvers;
