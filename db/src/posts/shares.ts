import type { ObjectId } from 'mongodb';
import type { CollectionDefinition } from '../mongo/index.ts';
import { date, object, objectId, oneOfWords, text, uuid } from '../mongo/schema-parts.ts';

/** That a post was shared as another one (specification, 1399-1434). */
export interface ShareDocument {
  _id: ObjectId;
  originalPostId: ObjectId;
  /** The post of the kind `Share`. */
  sharedPostId: ObjectId;
  userId: string;
  caption?: string;
  visibility: 'Public' | 'Friends' | 'Private';
  createdAt: Date;
}

/** The collection `shares`. Shard key: `originalPostId`. */
export const shares: CollectionDefinition = {
  name: 'shares',
  validator: {
    $jsonSchema: object(
      {
        originalPostId: objectId,
        sharedPostId: objectId,
        userId: uuid,
        caption: text(500),
        visibility: oneOfWords('Public', 'Friends', 'Private'),
        createdAt: date,
      },
      ['originalPostId', 'sharedPostId', 'userId', 'visibility', 'createdAt'],
    ),
  },
  indexes: [
    {
      name: 'shares_of_post',
      key: { originalPostId: 1, createdAt: -1, _id: -1 },
      serves: 'who shared a post, newest first (specification, index 1)',
    },
    {
      name: 'shares_of_person',
      key: { userId: 1, createdAt: -1, _id: -1 },
      serves: "a person's shares: export and erasure (index 2)",
    },
    { name: 'shares_as_post', key: { sharedPostId: 1 }, serves: 'the record of a post that is a share (index 3)' },
  ],
};
