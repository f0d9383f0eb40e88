/** Stands in the tour's variables for an id that nobody should have to copy. */
export const FIRST_CONVERSATION = '<the first conversation of tab 3>';

const KEY = 'postbook:first-conversation';

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Keeps the id of the first conversation, if the answer lists conversations, for as long as the tab is open. */
export function learnFromAnswer(data: unknown): void {
  const list = isObject(data) ? data.conversations : undefined;
  const first: unknown = isObject(list) && Array.isArray(list.nodes) ? list.nodes[0] : undefined;
  if (isObject(first) && typeof first.id === 'string') sessionStorage.setItem(KEY, first.id);
}

/**
 * The variables with placeholders replaced by what earlier answers said.
 *
 * @throws Error that tells which tab to run first.
 */
export function fillPlaceholders<Variables>(variables: Variables): Variables {
  const text = JSON.stringify(variables) ?? '';
  if (!text.includes(FIRST_CONVERSATION)) return variables;
  const id = sessionStorage.getItem(KEY);
  if (id === null) throw new Error('Run tab 3 first: this operation is about the first conversation it lists.');
  return JSON.parse(text.replaceAll(FIRST_CONVERSATION, id)) as Variables;
}
