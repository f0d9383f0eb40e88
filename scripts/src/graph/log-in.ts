import type { GraphCall } from './graph-client.ts';

/** A person who is logged in. */
export interface LoggedIn {
  readonly userId: string;
  readonly token: string;
}

/** Logs in; undefined when there is no such account. */
export async function logIn(
  call: GraphCall,
  account: { readonly username: string; readonly password: string },
): Promise<LoggedIn | undefined> {
  const { logIn: payload } = await call<{
    logIn: { user: { id: string } | null; tokens: { accessToken: string } | null };
  }>('mutation LogIn($input: LogInInput!) { logIn(input: $input) { user { id } tokens { accessToken } } }', {
    input: { login: account.username, password: account.password },
  });
  return payload.user && payload.tokens ? { userId: payload.user.id, token: payload.tokens.accessToken } : undefined;
}
