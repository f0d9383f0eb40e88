import type { AuthDatabase } from '@postbook/db/auth';
import { type ClientInfo, RateLimitedError, type UserErrorValue, userError } from '@postbook/service-kit';
import type { Account, AccountRepository } from '../account/account-repository.ts';
import { parseEmailAddress } from '../account/email-address.ts';
import { addressOf } from '../client/client-address.ts';
import type { AuthTransactor } from '../database/auth-transactor.ts';
import type { MailQueue } from '../mail/mail-queue.ts';
import type { RateLimits } from '../rate-limit/redis-rate-limits.ts';
import { answerEvenly } from './even-answer.ts';
import { CODE_LIFETIME_MINUTES, isVerificationCode, type VerificationCodes } from './verification-code.ts';
import type { CodeOutcome, VerificationRepository } from './verification-repository.ts';

/** What came of trying a code. */
export type VerificationOutcome =
  | { readonly user: Account; readonly errors: readonly [] }
  | { readonly user: null; readonly errors: readonly UserErrorValue[] };

/** What came of asking for a new code. */
export type ResendOutcome =
  | { readonly codeExpiresAt: Date; readonly errors: readonly [] }
  | { readonly codeExpiresAt: null; readonly errors: readonly UserErrorValue[] };

/** Proof of e-mail addresses. Answers tell nothing about whether an address is known. */
export interface VerificationService {
  /** @throws RateLimitedError for too many tries from one network. */
  verifyEmail(input: { email: string; code: string }, client: ClientInfo | undefined): Promise<VerificationOutcome>;
  /** @throws RateLimitedError */
  resendCode(input: { email: string }, client: ClientInfo | undefined): Promise<ResendOutcome>;
}

/** What {@link createVerificationService} works with. */
export interface VerificationServiceParts {
  readonly db: AuthDatabase;
  readonly transactor: AuthTransactor;
  readonly accounts: AccountRepository;
  readonly verifications: VerificationRepository;
  readonly codes: VerificationCodes;
  readonly mails: MailQueue;
  readonly limits: RateLimits;
  onMail(): void;
}

const noAddress = () => userError('INVALID_FORMAT', 'This is not an e-mail address.', 'email');
const wrongCode = () =>
  userError('INVALID_CODE', 'The code is wrong or was replaced. After five tries ask for a new one.', 'code');
const tooManyTries = () => userError('TOO_MANY_ATTEMPTS', 'Too many tries. Ask for a new code.', 'code');
const refused = (...errors: UserErrorValue[]) => ({ user: null, errors }) as const;

function mistakeOf(outcome: Exclude<CodeOutcome, 'Verified'>): UserErrorValue {
  switch (outcome) {
    // Only who has the right code learns that it is too old.
    case 'Expired':
      return userError('EXPIRED', 'The code is too old. Ask for a new one.', 'code');
    // Tries are counted for unknown addresses too, by the limit; were this told apart, it would tell known ones.
    case 'TooManyAttempts':
    case 'Wrong':
      return wrongCode();
    default:
      return outcome satisfies never;
  }
}

/** The service of verification. */
export function createVerificationService(parts: VerificationServiceParts): VerificationService {
  const { accounts, codes, db, limits, transactor, verifications } = parts;

  /** Whether another try is allowed for the address, known or not. */
  async function mayTry(email: string): Promise<boolean> {
    try {
      await limits.consume('verifyByEmail', email);
      return true;
    } catch (error) {
      if (error instanceof RateLimitedError) return false;
      throw error;
    }
  }

  async function tryCode(email: string, code: string): Promise<VerificationOutcome> {
    if (!(await mayTry(email))) return refused(tooManyTries());
    const account = await accounts.findByEmail(db, email);
    if (!account) return refused(wrongCode());
    const codeHash = codes.hash(account.id, 'Email', code);
    const outcome = await verifications.verifyEmail(db, account.id, codeHash);
    if (outcome !== 'Verified') return refused(mistakeOf(outcome));
    return { user: { ...account, isEmailVerified: true }, errors: [] };
  }

  /** Nothing to prove: no mail, the same answer. */
  async function openCode(email: string): Promise<void> {
    const account = await accounts.findByEmail(db, email);
    if (!account || account.isEmailVerified) return;
    const code = codes.create();
    await transactor.run(async (tx) => {
      await verifications.open(tx, account.id, 'Email', codes.hash(account.id, 'Email', code));
      await parts.mails.add(tx, {
        kind: 'NewVerificationCode',
        to: account.email,
        firstName: account.firstName,
        code,
        expiresInMinutes: CODE_LIFETIME_MINUTES,
      });
      tx.afterCommit(parts.onMail);
    });
  }

  return {
    async verifyEmail(input, client) {
      await limits.consume('verifyByNetwork', addressOf(client));
      const email = parseEmailAddress(input.email);
      const code = input.code.trim();
      if (email === undefined) return refused(noAddress());
      if (!isVerificationCode(code)) return refused(userError('INVALID_FORMAT', 'A code has six digits.', 'code'));
      return answerEvenly(() => tryCode(email, code));
    },

    async resendCode(input, client) {
      await limits.consume('resendByNetwork', addressOf(client));
      const email = parseEmailAddress(input.email);
      if (email === undefined) return { codeExpiresAt: null, errors: [noAddress()] };
      await limits.consume('resendByEmail', email);
      await limits.reset('verifyByEmail', email);
      await answerEvenly(() => openCode(email));
      return { codeExpiresAt: codes.expiry(), errors: [] };
    },
  };
}
