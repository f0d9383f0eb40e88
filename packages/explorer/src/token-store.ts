import { createStore, type Store } from './store.ts';

const KEY = 'postbook:access-token';

/** The access token, and where it came from so that the page can say so. */
export interface TokenState {
  /** The bare JWT, without `Bearer`; empty when the operations are to be anonymous. */
  readonly value: string;
  readonly source: 'none' | 'typed' | 'kept' | 'login';
}

const read = (): TokenState => {
  const value = sessionStorage.getItem(KEY) ?? '';
  return value === '' ? { value, source: 'none' } : { value, source: 'kept' };
};

/**
 * The token that goes with every operation. It lives in sessionStorage: it survives a reload of this tab, is not shared
 * with other tabs, and goes when the tab is closed.
 */
export const tokenStore: Store<TokenState> = createStore(read(), ({ value }) => {
  if (value === '') sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, value);
});

/** What people paste: the token itself, or a whole `Authorization` value. */
export const typeToken = (text: string): void => {
  const value = text.trim().replace(/^bearer\s+/i, '');
  tokenStore.set({ value, source: value === '' ? 'none' : 'typed' });
};

/** When the token expires in epoch milliseconds, or undefined when that can't be read. Nothing is verified here. */
export const tokenExpiry = (token: string): number | undefined => {
  try {
    const payload = token.split('.')[1] ?? '';
    const claims: unknown = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    if (typeof claims === 'object' && claims !== null && 'exp' in claims && typeof claims.exp === 'number') {
      return claims.exp * 1000;
    }
  } catch {
    // Not a JWT: the gateway will say so.
  }
  return undefined;
};
