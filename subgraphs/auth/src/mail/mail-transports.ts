import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Logger } from '@postbook/service-kit';
import { createTransport, type SendMailOptions } from 'nodemailer';
import type { MailTransport, RenderedMail } from './mail.ts';

const TIMEOUT_MS = 10_000;

/** The recipient as an object: the library then quotes it and can't be made to read a second header or address in it. */
const toOptions = (from: string, id: string, to: string, mail: RenderedMail): SendMailOptions => ({
  from,
  to: { name: '', address: to },
  messageId: `<${id}@postbook>`,
  ...mail,
  headers: { 'Auto-Submitted': 'auto-generated' },
  disableFileAccess: true,
  disableUrlAccess: true,
});

/** Sends over SMTP, keeping connections for the next mails. */
export function createSmtpTransport(options: { url: string; from: string }): MailTransport {
  const transport = createTransport(options.url, {});
  Object.assign(transport.options, {
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
  });
  return {
    async send(id, to, mail) {
      await transport.sendMail(toOptions(options.from, id, to, mail));
    },
    close: () => transport.close(),
  };
}

/**
 * Writes each mail as an .eml file into a folder, for a machine without a mail server. The log names the file and never
 * what is in it; only the owner of the process may read it.
 */
export function createMailboxTransport(options: { folder: string; from: string; log: Logger }): MailTransport {
  const folder = resolve(options.folder);
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
  return {
    async send(id, to, mail) {
      const { message } = await transport.sendMail(toOptions(options.from, id, to, mail));
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const file = join(folder, `${id}.eml`);
      // Whoever watches the folder sees whole mails only.
      await writeFile(`${file}.part`, message as Buffer, { mode: 0o600 });
      await rename(`${file}.part`, file);
      options.log.info({ file }, 'a mail is in the local mailbox');
    },
    close: () => transport.close(),
  };
}
