export { indexUseOf, migrateMongoDatabase } from '../mongo/index.ts';
export type { CommentDocument } from './comments.ts';
export type { HashtagDocument, HashtagUsageDocument } from './hashtags.ts';
export type { LikeDocument, ReactionEntityType } from './likes.ts';
export type { PollOption, PostEvent, PostLinkPreview, PostPoll } from './post-parts.ts';
export type { PollVoteDocument, PostViewDocument } from './post-traces.ts';
export {
  type MentionPart,
  POST_TYPES,
  type PostDocument,
  type PostLocation,
  type PostType,
  VISIBILITIES,
  type Visibility,
} from './posts.ts';
export * from './posts-database.ts';
export { REACTION_TYPES, type ReactionCounts, type ReactionType } from './reaction-parts.ts';
export type { ShareDocument } from './shares.ts';
export type { LargeAuthorDocument, TimelineDocument } from './timelines.ts';
