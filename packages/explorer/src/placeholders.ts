/** Something in the tour's variables that nobody should have to copy: a later tab's operation needs it of an earlier one. */
interface Placeholder {
  /** Stands in the variables for the value. */
  readonly text: string;
  /** Where the value is kept, for as long as the browser's tab is open. */
  readonly key: string;
  /** What to do when there is none yet. */
  readonly advice: string;
  /** The value, if the answer has it. */
  find(data: Record<string, unknown>): unknown;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** The first conversation of an answer that lists conversations with all that the placeholders need: both are of one. */
function firstConversation({ conversations }: Record<string, unknown>): Record<string, unknown> | undefined {
  const first: unknown = isObject(conversations) && Array.isArray(conversations.nodes) ? conversations.nodes[0] : null;
  return isObject(first) && typeof first.id === 'string' && typeof first.eventCursor === 'string' ? first : undefined;
}

const placeholders: readonly Placeholder[] = [
  {
    text: '<the notification cursor of tab 2>',
    key: 'postbook:notification-cursor',
    advice: 'Run tab 2 first: this operation goes on from where notifications stood then.',
    find: (data) => data.notificationCursor,
  },
  {
    text: '<the first conversation of tab 6>',
    key: 'postbook:first-conversation',
    advice: 'Run tab 6 first: this operation is about the first conversation it lists.',
    find: (data) => firstConversation(data)?.id,
  },
  {
    text: '<the event cursor of tab 6>',
    key: 'postbook:event-cursor',
    advice: 'Run tab 6 first: this operation goes on from where its first conversation stood then.',
    find: (data) => firstConversation(data)?.eventCursor,
  },
];

/** Keeps what an answer says that the tour's placeholders stand for. */
export function learnFromAnswer(data: unknown): void {
  if (!isObject(data)) return;
  for (const { key, find } of placeholders) {
    const value = find(data);
    if (typeof value === 'string') sessionStorage.setItem(key, value);
  }
}

/**
 * The variables with placeholders replaced by what earlier answers said.
 *
 * @throws Error that tells which tab to run first.
 */
export function fillPlaceholders<Variables>(variables: Variables): Variables {
  let json = JSON.stringify(variables) ?? '';
  const needed = placeholders.filter(({ text }) => json.includes(text));
  if (needed.length === 0) return variables;
  for (const { advice, key, text } of needed) {
    const value = sessionStorage.getItem(key);
    if (value === null) throw new Error(advice);
    json = json.replaceAll(text, value);
  }
  return JSON.parse(json) as Variables;
}
