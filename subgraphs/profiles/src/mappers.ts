/** What stands behind the types of the graph; read by the code generator. */
export type { FeedEdge as PairEdgeModel } from './feed/people-feed-repository.ts';
export type { PairEntry as PairFeedEntryModel } from './feed/people-feed-service.ts';
export type { FriendRequest as FriendRequestModel } from './friend-request/friend-request.ts';
export type { Person as ProfileFeedEntryModel, Person as UserModel } from './profile/person.ts';
export type { Picture as MediaModel } from './profile/picture-service.ts';
export type { VisibleProfile as ProfileModel } from './profile/visible-profile.ts';
export type { RelationshipWith as RelationshipModel } from './relationship/relationship-resolvers.ts';
