import type { PostDocument } from '@postbook/db/posts';
import { fromObjectId } from '@postbook/service-kit';
import type { Poll, Post } from './post.ts';

const toPoll = ({ poll }: PostDocument): Poll | null => (poll ? { ...poll, expiresAt: poll.expiresAt ?? null } : null);

/** A post as the store has it, for the services. */
export const toPost = (document: PostDocument): Post => ({
  id: fromObjectId(document._id),
  authorId: document.userId,
  kind: document.postType,
  content: document.content,
  mediaIds: (document.mediaIds ?? []).map(fromObjectId),
  visibility: document.visibility,
  audience: document.audience,
  hashtags: document.hashtags,
  countedHashtags: document.countedHashtags,
  mentions: document.mentions,
  poll: toPoll(document),
  reactionCounts: document.reactionCounts,
  likesCount: document.likesCount,
  commentsCount: document.commentsCount,
  commentSequence: document.commentSequence,
  reactionSequence: document.reactionSequence,
  isDeleted: document.isDeleted,
  version: document.version,
  createdAt: document.createdAt,
  editedAt: document.editedAt ?? null,
});
