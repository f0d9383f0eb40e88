import type { RequestScope } from '@postbook/service-kit';
import type { FriendRequestLoaders } from './friend-request/friend-request-loaders.ts';
import type { ViewerScope } from './profile/profile-loaders.ts';
import type { ProfilesServices } from './services.ts';

/** What a resolver has at hand. */
export interface Context extends RequestScope {
  /** Who looks, and what was read about people for them in this request. */
  readonly scope: ViewerScope;
  readonly requests: FriendRequestLoaders;
  readonly services: ProfilesServices;
}
