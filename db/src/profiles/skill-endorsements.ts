import type { ObjectId } from 'mongodb';
import type { CollectionDefinition } from '../mongo/collection-definition.ts';
import { date, object, text, uuid } from '../mongo/schema-parts.ts';

/** A document of `skill_endorsements`: somebody says of another person that they can do something. */
export interface SkillEndorsementDocument {
  _id: ObjectId;
  /** Who has the skill. */
  userId: string;
  /** The skill's name in lower case: it stays endorsed when its spelling changes. */
  skillLower: string;
  endorserId: string;
  createdAt: Date;
}

const endorsement = { userId: uuid, skillLower: text(100, 1), endorserId: uuid, createdAt: date };

/** Endorsements of skills (decisions, Profiles 1). Shard key: `userId`. */
export const skillEndorsements: CollectionDefinition = {
  name: 'skill_endorsements',
  validator: {
    $jsonSchema: object(endorsement, Object.keys(endorsement)),
    // Nobody praises themselves.
    $expr: { $ne: ['$userId', '$endorserId'] },
  },
  indexes: [
    {
      name: 'skill_endorsements_once',
      key: { userId: 1, skillLower: 1, endorserId: 1 },
      serves: 'whether the viewer endorsed the skills of a batch of people; once per person and skill',
      options: { unique: true },
    },
    {
      name: 'skill_endorsements_in_order',
      key: { userId: 1, skillLower: 1, createdAt: -1, _id: -1 },
      serves: 'who endorsed a skill, newest first; removing those of a skill that was taken off the profile',
    },
    {
      name: 'skill_endorsements_given',
      key: { endorserId: 1, createdAt: -1, _id: -1 },
      serves: 'export and erasure of what a person gave',
    },
  ],
};
