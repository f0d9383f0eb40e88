import type { AuthTransaction } from '@postbook/db/auth';
import { createEvent, uuidv7 } from '@postbook/events';
import { type ClientInfo, currentRequestTrace, type UserErrorValue } from '@postbook/service-kit';
import { addressOf } from '../client/client-address.ts';
import type { AuthOutbox, AuthTransactor } from '../database/auth-transactor.ts';
import type { RegisterInput } from '../generated/resolver-types.ts';
import type { MailQueue } from '../mail/mail-queue.ts';
import type { PasswordHasher } from '../password/password-hasher.ts';
import type { RateLimits } from '../rate-limit/redis-rate-limits.ts';
import { CODE_LIFETIME_MINUTES, type VerificationCodes } from '../verification/verification-code.ts';
import type { AccountRepository, NewAccount } from './account-repository.ts';
import { type CheckedRegistration, checkRegistration } from './registration-input.ts';
import { usernameMistake, usernameTaken } from './username-policy.ts';

/** What came of a registration. */
export type RegistrationOutcome =
  | { readonly codeExpiresAt: Date; readonly errors: readonly [] }
  | { readonly codeExpiresAt: null; readonly errors: readonly UserErrorValue[] };

/** Registration and names. */
export interface AccountService {
  /**
   * Makes an account, or tells the owner of the address that somebody tried. Both answer the same and do the same work:
   * one hash, one transaction, one mail.
   *
   * @throws RateLimitedError
   */
  register(input: RegisterInput, client: ClientInfo | undefined): Promise<RegistrationOutcome>;
  /** Whether a username could be registered now. @throws RateLimitedError */
  isUsernameAvailable(username: string, client: ClientInfo | undefined): Promise<boolean>;
}

/** What {@link createAccountService} works with. */
export interface AccountServiceParts {
  readonly transactor: AuthTransactor;
  readonly accounts: AccountRepository;
  readonly outbox: AuthOutbox;
  readonly mails: MailQueue;
  readonly codes: VerificationCodes;
  readonly hasher: PasswordHasher;
  readonly limits: RateLimits;
  /** Makes the id of a new account. Default: a UUID of version 7. */
  readonly newId?: (username: string) => string;
  /** Called when a mail may wait. */
  onMail(): void;
  /** Called when an event may wait. */
  onEvent(): void;
}

/** The service of accounts. */
export function createAccountService(parts: AccountServiceParts): AccountService {
  const { accounts, codes, limits, mails, newId = uuidv7, outbox, transactor } = parts;

  async function announce(tx: AuthTransaction, account: NewAccount, code: string) {
    const { id: userId, username, email, firstName, lastName } = account;
    await outbox.append(tx, [
      createEvent({
        type: 'UserCreated',
        aggregateId: userId,
        version: 1,
        payload: { userId, username, email, firstName, lastName },
        traceparent: currentRequestTrace()?.traceparent,
      }),
    ]);
    await mails.add(tx, {
      kind: 'VerificationCode',
      to: email,
      firstName,
      code,
      expiresInMinutes: CODE_LIFETIME_MINUTES,
    });
  }

  async function warnOwner(tx: AuthTransaction, email: string) {
    const owner = await accounts.findByEmail(tx, email);
    if (!owner) return;
    const { firstName, username } = owner;
    await mails.add(tx, { kind: 'RegistrationAttempt', to: owner.email, firstName, username });
  }

  async function create(registration: CheckedRegistration): Promise<RegistrationOutcome> {
    const { password, ...person } = registration;
    const passwordHash = await parts.hasher.hash(password);
    const id = newId(person.username);
    const code = codes.create();
    const account = { ...person, id, passwordHash, codeHash: codes.hash(id, 'Email', code) };
    return transactor.run(async (tx): Promise<RegistrationOutcome> => {
      const created = await accounts.create(tx, account);
      if (created.outcome === 'UsernameTaken') return { codeExpiresAt: null, errors: [usernameTaken()] };
      if (created.outcome === 'Created') await announce(tx, account, code);
      else await warnOwner(tx, account.email);
      tx.afterCommit(parts.onMail);
      tx.afterCommit(parts.onEvent);
      // Of the same clock in both cases, so that its value tells nothing either.
      return { codeExpiresAt: codes.expiry(), errors: [] };
    });
  }

  return {
    async register(input, client) {
      await limits.consume('registerByNetwork', addressOf(client));
      const checked = checkRegistration(input);
      if (checked.errors) return { codeExpiresAt: null, errors: checked.errors };
      await limits.consume('registerByEmail', checked.value.email);
      await limits.reset('verifyByEmail', checked.value.email);
      return create(checked.value);
    },

    async isUsernameAvailable(username, client) {
      await limits.consume('availabilityByNetwork', addressOf(client));
      return usernameMistake(username) === null && !(await accounts.isUsernameTaken(username));
    },
  };
}
