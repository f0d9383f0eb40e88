import { count, date, httpsUrl, list, object, oneOfWords, switchField, text, uuid } from '../mongo/schema-parts.ts';

/** What is shown of the page that a `Link` leads to (specification, 1231-1237). */
export interface PostLinkPreview {
  url: string;
  title?: string;
  description?: string;
  imageUrl?: string;
  domain?: string;
}

/** An answer of a poll. Who chose it is in `poll_votes` and never shown (decisions, Posts 3). */
export interface PollOption {
  /** Unique in the poll. */
  id: string;
  text: string;
  votes: number;
}

/** The question of a `Poll` (specification, 1240-1253). Options never change: votes refer to them. */
export interface PostPoll {
  question: string;
  options: PollOption[];
  allowMultipleAnswers: boolean;
  /** People who voted. */
  votersCount: number;
  /** No votes from then on; never when absent. */
  expiresAt?: Date;
}

/** An `Event` (decisions, Posts 1). */
export interface PostEvent {
  title: string;
  startsAt: Date;
  endsAt?: Date;
  place?: string;
  attendance: { going: number; interested: number };
}

export const linkPreview = object(
  {
    url: httpsUrl(2_048),
    title: text(300),
    description: text(1_000),
    imageUrl: httpsUrl(2_048),
    domain: text(253),
  },
  ['url'],
);

const option = object({ id: text(24, 1), text: text(100, 1), votes: count }, ['id', 'text', 'votes']);

export const poll = object(
  {
    question: text(300, 1),
    options: { ...list(option, 10), minItems: 2 },
    allowMultipleAnswers: switchField,
    votersCount: count,
    expiresAt: date,
  },
  ['question', 'options', 'allowMultipleAnswers', 'votersCount'],
);

export const event = object(
  {
    title: text(200, 1),
    startsAt: date,
    endsAt: date,
    place: text(500),
    attendance: object({ going: count, interested: count }, ['going', 'interested']),
  },
  ['title', 'startsAt', 'attendance'],
);

/** Of posts and comments. */
export const mentions = list(
  object({ userId: uuid, name: text(100, 1), isTold: switchField }, ['userId', 'name', 'isTold']),
  50,
);

/** What can be reacted to. */
export const entityTypeField = oneOfWords('Post', 'Comment');
