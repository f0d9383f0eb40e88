import { type GraphCall, resultOf } from './graph-client.ts';
import { readMailedCode } from './mailbox.ts';
import type { SampleAccount } from './sample-data.ts';

const ERRORS = 'errors { code message path }';
type Errors = { errors: { code: string; message: string }[] };

/** A person who is logged in. */
export interface LoggedIn {
  readonly userId: string;
  readonly token: string;
}

/** Logs in; undefined when there is no such account. */
export async function logIn(call: GraphCall, account: SampleAccount): Promise<LoggedIn | undefined> {
  const { logIn: payload } = await call<{
    logIn: Errors & { user: { id: string } | null; tokens: { accessToken: string } | null };
  }>(`mutation LogIn($input: LogInInput!) { logIn(input: $input) { user { id } tokens { accessToken } ${ERRORS} } }`, {
    input: { login: account.username, password: account.password },
  });
  return payload.user && payload.tokens ? { userId: payload.user.id, token: payload.tokens.accessToken } : undefined;
}

async function register(call: GraphCall, account: SampleAccount, mailboxDir: string): Promise<void> {
  const { username, email, password, firstName, lastName } = account;
  const { register: registered } = await call<{ register: Errors }>(
    `mutation Register($input: RegisterInput!) { register(input: $input) { ${ERRORS} } }`,
    { input: { username, email, password, firstName, lastName } },
  );
  resultOf(registered);
  const code = await readMailedCode(mailboxDir, email);
  const { verifyEmail } = await call<{ verifyEmail: Errors }>(
    `mutation VerifyEmail($input: VerifyEmailInput!) { verifyEmail(input: $input) { ${ERRORS} } }`,
    { input: { email, code } },
  );
  resultOf(verifyEmail);
}

/** The account, logged in; registered and verified first if need be, the way a person would. */
export async function ensureAccount(call: GraphCall, account: SampleAccount, mailboxDir: string): Promise<LoggedIn> {
  const known = await logIn(call, account);
  if (known) return known;
  await register(call, account, mailboxDir);
  const person = await logIn(call, account);
  if (!person) throw new Error(`${account.username} could not log in after registration.`);
  const { updateProfile } = await call<{ updateProfile: Errors }>(
    `mutation Introduce($input: UpdateProfileInput!) { updateProfile(input: $input) { ${ERRORS} } }`,
    { input: { tagline: account.tagline } },
    person.token,
  );
  resultOf(updateProfile);
  return person;
}

/** Makes two people friends. */
export async function befriend(call: GraphCall, sender: LoggedIn, receiver: LoggedIn): Promise<void> {
  const { sendFriendRequest } = await call<{ sendFriendRequest: Errors & { request: { id: string } } }>(
    `mutation Befriend($input: SendFriendRequestInput!) { sendFriendRequest(input: $input) { request { id } ${ERRORS} } }`,
    { input: { userId: receiver.userId } },
    sender.token,
  );
  if (sendFriendRequest.errors.some(({ code }) => code === 'ALREADY_DONE')) return;
  const requestId = resultOf(sendFriendRequest).request.id;
  const { acceptFriendRequest } = await call<{ acceptFriendRequest: Errors }>(
    `mutation Accept($input: FriendRequestInput!) { acceptFriendRequest(input: $input) { ${ERRORS} } }`,
    { input: { requestId } },
    receiver.token,
  );
  resultOf(acceptFriendRequest);
}
