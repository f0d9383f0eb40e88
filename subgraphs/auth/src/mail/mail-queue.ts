import type { AuthTransaction } from '@postbook/db/auth';
import { uuidv7 } from '@postbook/events';
import type { SecretBox } from '../secrets/secret-box.ts';
import type { Mail } from './mail.ts';
import type { MailOutboxRepository } from './mail-outbox-repository.ts';

/** Where services leave mails, in the transaction of what the mail is about. */
export interface MailQueue {
  add(tx: AuthTransaction, mail: Mail): Promise<void>;
}

/** Mails wait sealed: recipient, codes and links are unreadable to who has only the database. */
export function createMailQueue(repository: MailOutboxRepository, box: SecretBox): MailQueue {
  return {
    async add(tx, mail) {
      const mailId = uuidv7();
      await repository.add(tx, { mailId, kind: mail.kind, sealed: box.seal(JSON.stringify(mail), mailId) });
    },
  };
}
