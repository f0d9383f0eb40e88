import { learnFromAnswer } from './placeholders.ts';
import { createStore, type Store } from './store.ts';
import { tokenStore } from './token-store.ts';

/** The codes of the last answer's errors, and how often each came. Empty after an answer without errors. */
export const errorCodes: Store<ReadonlyMap<string, number>> = createStore<ReadonlyMap<string, number>>(new Map());

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const codeOf = (error: unknown): string => {
  const extensions = isObject(error) ? error.extensions : undefined;
  const code = isObject(extensions) ? extensions.code : undefined;
  return typeof code === 'string' ? code : 'no code';
};

/** Finds `…tokens.accessToken` in the answer of a mutation that signs somebody in, under whatever alias it was asked. */
export const findAccessToken = (data: unknown): string | undefined => {
  if (!isObject(data)) return undefined;
  if (isObject(data.tokens) && typeof data.tokens.accessToken === 'string') return data.tokens.accessToken;
  for (const value of Object.values(data)) {
    const found = findAccessToken(value);
    if (found !== undefined) return found;
  }
  return undefined;
};

/**
 * Looks at every answer before GraphiQL shows it: keeps the error codes for the bar, and uses the token of a login so
 * that nobody has to copy it by hand.
 */
export const observeResponse = (response: unknown): void => {
  if (!isObject(response)) return;
  const codes = new Map<string, number>();
  for (const error of Array.isArray(response.errors) ? response.errors : []) {
    const code = codeOf(error);
    codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  if (codes.size > 0 || errorCodes.get().size > 0) errorCodes.set(codes);
  learnFromAnswer(response.data);
  const token = findAccessToken(response.data);
  if (token !== undefined) tokenStore.set({ value: token, source: 'login' });
};
