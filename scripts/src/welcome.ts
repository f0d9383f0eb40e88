import { say, style } from './console/say.ts';
import type { TourAccount } from './seed/tour-accounts.ts';

/** What the newcomer reads once everything runs: where to go, as whom, and what to try. */
export function welcome(options: {
  url: string;
  accounts: readonly TourAccount[];
  mailboxDir: string | undefined;
  elapsedMs: number;
}): void {
  const { url, accounts, mailboxDir } = options;
  say();
  say(
    `${style.green('●')} ${style.bold('PostBook is ready')} ${style.dim(`after ${(options.elapsedMs / 1000).toFixed(1)} s`)}`,
  );
  say();
  say(`  GraphiQL      ${style.cyan(`${url}/`)}`);
  say(`  GraphQL       ${url}/graphql  ${style.dim('(HTTP and graphql-transport-ws)')}`);
  if (mailboxDir) say(`  Mails         ${mailboxDir}`);
  say();
  for (const { username, password } of accounts) say(`  Sample account  ${style.bold(username)} / ${password}`);
  say();
  say('  Try next: open GraphiQL, run tab 1 to log in as the first account, tab 2 to ask all six services at once and');
  say(`  tab 5 to hear what happens to you. Then ${style.cyan('npm run say -- "Hello from the other side"')}`);
  say('  sends a message as the second account: you are told at once.');
  say();
}
