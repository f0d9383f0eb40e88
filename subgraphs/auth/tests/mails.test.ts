import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateAuthDatabase, openAuthDatabase } from '@postbook/db/auth';
import { uuidv7 } from '@postbook/events';
import { createLogger } from '@postbook/service-kit';
import { dropPostgresDatabase, eventually, testStores, uniqueName } from '@postbook/testkit';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MailTransport } from '../src/mail/mail.ts';
import { createMailOutboxRepository } from '../src/mail/mail-outbox-repository.ts';
import { createMailQueue } from '../src/mail/mail-queue.ts';
import { createMailWorker, mailRetryDelayMs } from '../src/mail/mail-worker.ts';
import { deriveSecrets } from '../src/secrets/secrets.ts';
import { type AuthFixture, startAuth } from './auth-fixture.ts';

let auth: AuthFixture;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.stop());

const headerOf = (raw: string, name: string) =>
  raw
    .split(/\r?\n\r?\n/, 1)[0]
    ?.split(/\r?\n(?![ \t])/)
    .filter((line) => line.toLowerCase().startsWith(`${name}:`)) ?? [];

describe('a mail', () => {
  it('goes over SMTP in text and HTML, to one recipient', async () => {
    const name = uniqueName('mail');
    await auth.register(name, `${name}@example.org`);
    const { raw, to } = await auth.mailServer.waitForMail(`${name}@example.org`);
    expect(to).toEqual([`${name}@example.org`]);
    expect(raw).toContain('text/plain');
    expect(raw).toContain('text/html');
    expect(headerOf(raw, 'subject')).toEqual(['Subject: Your PostBook code']);
    expect(headerOf(raw, 'auto-submitted')).toHaveLength(1);
  });

  it('can not be given further headers or recipients by what people enter', async () => {
    const name = uniqueName('mail');
    // Slashes, quotes, commas and angle brackets are all allowed in a name; line breaks are refused at registration.
    const firstName = 'Ada" <all@example.org>, <b@example.org';
    await auth.register(name, `o'neil+${name}@example.org`, { firstName });
    const { raw, to } = await auth.mailServer.waitForMail(`o'neil+${name}@example.org`);
    expect(to).toHaveLength(1);
    expect(headerOf(raw, 'to')).toEqual([`To: o'neil+${name}@example.org`]);
    expect(headerOf(raw, 'bcc')).toEqual([]);
  });

  it('is erased from the outbox once it was sent', async () => {
    const name = uniqueName('mail');
    await auth.register(name, `${name}@example.org`);
    await auth.mailServer.waitForMail(`${name}@example.org`);
    await eventually(async () => (await auth.sql`select 1 from mail_outbox where sealed is not null`).length === 0);
    expect(await auth.sql`select 1 from mail_outbox where sent_at is null`).toHaveLength(0);
  });
});

describe('without a mail server', () => {
  it('mails are written into the local mailbox, for the owner’s eyes only, and the log names only the file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mailbox-'));
    const local = await startAuth({ SMTP_URL: '', MAILBOX_DIR: folder });
    const name = uniqueName('mailbox');
    await local.register(name, `${name}@example.org`);
    const file = await eventually(async () => (await readdir(folder)).find((entry) => entry.endsWith('.eml')));
    const mail = await readFile(join(folder, file), 'utf8');
    expect(mail).toContain(`To: ${name}@example.org`);
    expect(mail).toMatch(/\n {4}\d{6}\n/);
    expect((await stat(join(folder, file))).mode & 0o077).toBe(0);
    await local.stop();
    await rm(folder, { recursive: true });
  });
});

describe('mails that wait', () => {
  const box = deriveSecrets('k'.repeat(32)).mails;
  const database = uniqueName('mails');
  const { postgresUrl } = testStores();
  let store: ReturnType<typeof openAuthDatabase>;
  let sql: ReturnType<typeof postgres>;
  beforeAll(async () => {
    await migrateAuthDatabase({ url: postgresUrl, database });
    store = openAuthDatabase({ url: postgresUrl, database });
    sql = postgres(Object.assign(new URL(postgresUrl), { pathname: `/${database}` }).toString(), { max: 1 });
  });
  afterAll(async () => {
    await Promise.all([store.close(), sql.end()]);
    await dropPostgresDatabase(database);
  });

  function workerOver(send: MailTransport['send'], lines: string[] = []) {
    const log = createLogger({ service: 'test', destination: { write: (line: string) => void lines.push(line) } });
    return createMailWorker({
      repository: createMailOutboxRepository(store.db),
      box,
      transport: { send, close: () => undefined },
      log,
    });
  }

  async function waitingMail(to: string, attempts = 0) {
    const mailId = uuidv7();
    const mail = { kind: 'VerificationCode', to, firstName: 'Ada', code: '123456', expiresInMinutes: 15 };
    await sql`insert into mail_outbox (mail_id, kind, sealed, attempts)
      values (${mailId}, 'VerificationCode', ${box.seal(JSON.stringify(mail), mailId)}, ${attempts})`;
    return mailId;
  }
  const rowOf = async (mailId: string) => (await sql`select * from mail_outbox where mail_id = ${mailId}`)[0];

  it('are tried again after a failure, with the same id, and log neither recipient nor content', async () => {
    const mailId = await waitingMail('secret-recipient@example.org');
    const tries: string[] = [];
    const lines: string[] = [];
    const worker = workerOver(async (id) => {
      tries.push(id);
      if (tries.length > 1) return;
      const failure = new Error('no such user secret-recipient@example.org');
      throw Object.assign(failure, { code: 'EENVELOPE', responseCode: 451 });
    }, lines);
    await worker.start();
    await eventually(async () => (await rowOf(mailId))?.sent_at);
    await worker.stop();
    expect(tries).toEqual([mailId, mailId]);
    expect(lines.join('')).toContain('EENVELOPE 451');
    expect(lines.join('')).not.toContain('secret-recipient');
    expect(lines.join('')).not.toContain('123456');
  });

  it('are given up and erased after twelve tries', async () => {
    const mailId = await waitingMail('a@example.org', 11);
    const worker = workerOver(() => Promise.reject(new Error('refused')));
    await worker.start();
    await eventually(async () => (await rowOf(mailId))?.failed_at);
    await worker.stop();
    expect(await rowOf(mailId)).toMatchObject({ sealed: null, sent_at: null, last_error: 'Error' });
  });

  it('are shared by processes: each is claimed by one', async () => {
    const repository = createMailOutboxRepository(store.db);
    const ids = await Promise.all(Array.from({ length: 30 }, (_, n) => waitingMail(`${n}@example.org`)));
    const claims = await Promise.all(Array.from({ length: 6 }, () => repository.claim(10, 60_000)));
    const claimed = claims.flat().map(({ mailId }) => mailId);
    expect(claimed.sort()).toEqual(ids.sort());
  });

  it('that a dead process had claimed are due again after its lease', async () => {
    const repository = createMailOutboxRepository(store.db);
    const mailId = await waitingMail('lease@example.org');
    expect(await repository.claim(100, 60_000)).toMatchObject([{ mailId, attempt: 1 }]);
    expect(await repository.claim(100, 60_000)).toEqual([]);
    await sql`update mail_outbox set available_at = now() where mail_id = ${mailId}`;
    expect(await repository.claim(100, 60_000)).toMatchObject([{ mailId, attempt: 2 }]);
  });

  it('wait longer after each failure, at most twenty minutes', () => {
    expect([1, 2, 3].map(mailRetryDelayMs)).toEqual([2_000, 4_000, 8_000]);
    expect(mailRetryDelayMs(40)).toBe(20 * 60_000);
  });

  it('go into the outbox only with the transaction that they belong to', async () => {
    const queue = createMailQueue(createMailOutboxRepository(store.db), box);
    const mail = { kind: 'RegistrationAttempt', to: 'a@example.org', firstName: 'A', username: 'a' } as const;
    await expect(
      store.db.transaction(async (tx) => {
        await queue.add(tx, mail);
        throw new Error('undone');
      }),
    ).rejects.toThrow('undone');
    expect(await sql`select 1 from mail_outbox where kind = 'RegistrationAttempt'`).toHaveLength(0);
  });
});
