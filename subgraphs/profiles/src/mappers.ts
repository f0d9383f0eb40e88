/** What stands behind the types of the graph; read by the code generator. */
export type { FriendRequest as FriendRequestModel } from './friend-request/friend-request.ts';
export type { Person as UserModel } from './profile/person.ts';
export type { VisibleProfile as ProfileModel } from './profile/visible-profile.ts';
export type { RelationshipWith as RelationshipModel } from './relationship/relationship-resolvers.ts';
