import { inParallel, SAMPLE_PASSWORD, type Sample, type SamplePerson, sampleUserId } from '@postbook/sample-data';
import { createPostgresOutboxRepository, createPostgresTransactor } from '@postbook/service-kit';
import { createAccountRepository } from '../account/account-repository.ts';
import { createAccountService } from '../account/account-service.ts';
import type { AuthConfig } from '../config.ts';
import { createAuthStore } from '../database/auth-store.ts';
import type { MailQueue } from '../mail/mail-queue.ts';
import { createPasswordHasher, type PasswordHasher } from '../password/password-hasher.ts';
import type { RateLimits } from '../rate-limit/redis-rate-limits.ts';
import { deriveSecrets } from '../secrets/secrets.ts';
import { createVerificationCodes, type VerificationCodes } from '../verification/verification-code.ts';
import { verificationRepository } from '../verification/verification-repository.ts';
import { createVerificationService } from '../verification/verification-service.ts';
import { createSampleRepository } from './sample-repository.ts';

/** Accounts made at a time. */
const AT_ONCE = 16;

/** The sample registers more people from one machine than anybody may. */
const noLimits: RateLimits = { consume: async () => undefined, reset: async () => undefined };

/** Nobody reads the mailboxes of the sample, and a real mail server must not mail strangers. */
const noMails: MailQueue = { add: async () => undefined };

/** All sample accounts have one password, which is hashed once: 200 hashes would be most of the time. */
function hashedOnce(hasher: PasswordHasher): PasswordHasher {
  let hash: Promise<string> | undefined;
  return {
    ...hasher,
    hash: (password) => {
      hash ??= hasher.hash(password);
      return hash;
    },
  };
}

/** As nobody reads the mails, the code is known before. */
const knownCode = (codes: VerificationCodes): VerificationCodes => ({ ...codes, create: () => '424242' });

function createSampleServices(config: AuthConfig, sample: Sample) {
  const store = createAuthStore(config.postgres);
  const { db } = store;
  const indexes = new Map(sample.people.map(({ index, username }) => [username, index]));
  const parts = {
    transactor: createPostgresTransactor(db),
    accounts: createAccountRepository(db),
    outbox: createPostgresOutboxRepository(db),
    mails: noMails,
    codes: knownCode(createVerificationCodes(deriveSecrets(config.secretsKey).codePepper)),
    hasher: hashedOnce(createPasswordHasher(config.passwordCost)),
    limits: noLimits,
    newId: (username: string) => sampleUserId(indexes.get(username) ?? -1),
    // The relay of the running service finds them by itself.
    onEvent: () => undefined,
    onMail: () => undefined,
  };
  return {
    store,
    accounts: createAccountService(parts),
    verifications: createVerificationService({ ...parts, db, verifications: verificationRepository }),
    repository: createSampleRepository(db),
  };
}

/** Registers the people of the sample and verifies their addresses. Those who are there already are left as they are. */
export async function fillAccounts(config: AuthConfig, sample: Sample): Promise<void> {
  const { accounts, repository, store, verifications } = createSampleServices(config, sample);
  await store.start();
  let done = 0;

  async function make({ email, firstName, index, joinedMinutesAgo, lastName, username }: SamplePerson) {
    const input = { username, email, password: SAMPLE_PASSWORD, firstName, lastName };
    const { errors } = await accounts.register(input, undefined);
    const [mistake] = errors;
    if (mistake && mistake.code !== 'TAKEN') throw new Error(`${username} was refused: ${mistake.message}`);
    await verifications.verifyEmail({ email, code: '424242' }, undefined);
    await repository.setJoined(sampleUserId(index), sample.minutesAgo(joinedMinutesAgo));
    done += 1;
    sample.progress(done, sample.people.length);
  }

  await inParallel(sample.people, AT_ONCE, make);
  await store.stop();
}
