// What stands behind each type of the graph: the parents that resolvers get.
export type { Account as UserModel } from './account/account-repository.ts';
export type { FeedAccount as AccountFeedEntryModel } from './feed/account-feed-repository.ts';
export type { LoginOutcome as LogInPayloadModel } from './session/login-service.ts';
export type { Session as SessionModel } from './session/session-repository.ts';
