import type { Audience, PrivacySettings, ProfileVisibility } from '@postbook/db/profiles';
import type * as graph from '../generated/resolver-types.ts';

const VISIBILITY = { PUBLIC: 'Public', FRIENDS: 'Friends', PRIVATE: 'Private' } as const satisfies Record<
  graph.ProfileVisibility,
  ProfileVisibility
>;
const AUDIENCE = { EVERYONE: 'Everyone', FRIENDS: 'Friends', NONE: 'None' } as const satisfies Record<
  graph.Audience,
  Audience
>;

/** The stored word for the graph's. */
export const visibilityFromGraph = (word: graph.ProfileVisibility): ProfileVisibility => VISIBILITY[word];
/** The stored word for the graph's. */
export const audienceFromGraph = (word: graph.Audience): Audience => AUDIENCE[word];

const visibilityToGraph = (word: ProfileVisibility) => word.toUpperCase() as graph.ProfileVisibility;
const audienceToGraph = (word: Audience) => word.toUpperCase() as graph.Audience;

/** Settings in the graph's words. */
export const privacyToGraph = (settings: PrivacySettings): graph.PrivacySettings => ({
  ...settings,
  profileVisibility: visibilityToGraph(settings.profileVisibility),
  allowMessages: audienceToGraph(settings.allowMessages),
  allowTagging: audienceToGraph(settings.allowTagging),
  allowMentions: audienceToGraph(settings.allowMentions),
});
