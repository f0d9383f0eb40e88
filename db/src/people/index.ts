export type {
  AccountStatus,
  Audience,
  PrivacySettingsDocument,
  ReconciliationDocument,
  RelationDocument,
  RelationKind,
  UserCardDocument,
} from './people.ts';
export { cardLookupIndexes, peopleCollections, relationListIndexes } from './people.ts';
