import type { ChildProcess } from 'node:child_process';
import type { ReadyMessage } from './child-process.ts';

/** What a process can be told over IPC, by name. Arguments and results survive JSON. */
export type Commands = Readonly<Record<string, (argument: never) => unknown>>;

interface Call {
  readonly type: 'call';
  readonly id: number;
  readonly command: string;
  readonly argument: unknown;
}

type Reply = { readonly type: 'reply'; readonly id: number } & (
  | { readonly value: unknown }
  | { readonly failure: string }
);

/** The commands of a child as its parent calls them. */
export type Remote<C extends Commands> = {
  readonly [Name in keyof C]: (...argument: Parameters<C[Name]>) => Promise<Awaited<ReturnType<C[Name]>>>;
};

const isCall = (message: unknown): message is Call => (message as { type?: unknown })?.type === 'call';
const isReply = (message: unknown): message is Reply => (message as { type?: unknown })?.type === 'reply';

/** In the child: answers commands of the parent, reports `ready`, and ends with the parent. */
export function serveCommands(commands: Commands, url: string): void {
  process.on('message', async (message: unknown) => {
    if (!isCall(message)) return;
    const { id, command, argument } = message;
    try {
      const value = await commands[command]?.(argument as never);
      process.send?.({ type: 'reply', id, value } satisfies Reply);
    } catch (error) {
      process.send?.({ type: 'reply', id, failure: String((error as Error).stack ?? error) } satisfies Reply);
    }
  });
  endWithParent();
  process.send?.({ type: 'ready', url } satisfies ReadyMessage);
}

/** A measured process must never outlive the benchmark, however that ends. */
export function endWithParent(): void {
  process.once('disconnect', () => process.exit(0));
  process.once('SIGTERM', () => process.exit(0));
}

/** In the parent: a child's commands as functions. A call rejects with the child's own error, or when the child ends. */
export function remoteOf<C extends Commands>(child: ChildProcess): Remote<C> {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let calls = 0;
  child.on('message', (message: unknown) => {
    if (!isReply(message)) return;
    const waiter = waiting.get(message.id);
    waiting.delete(message.id);
    if ('failure' in message) waiter?.reject(new Error(message.failure));
    else waiter?.resolve(message.value);
  });
  child.once('exit', () => {
    for (const waiter of waiting.values()) waiter.reject(new Error('the process ended'));
    waiting.clear();
  });
  function call(command: string, argument: unknown): Promise<unknown> {
    const id = calls++;
    const waiter = Promise.withResolvers<unknown>();
    waiting.set(id, waiter);
    child.send({ type: 'call', id, command, argument } satisfies Call);
    return waiter.promise;
  }
  return new Proxy({} as Remote<C>, {
    get: (_, command) => (typeof command === 'string' ? (argument: unknown) => call(command, argument) : undefined),
  });
}
