import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { PostsConfig } from '../../src/config.ts';
import type { Instance } from './posts.ts';

/** An instance in a process of its own. */
export interface ProcessInstance extends Instance {
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
}

/** Starts `main.ts` with the configuration of the instances in this process. */
export async function startProcess(config: PostsConfig): Promise<ProcessInstance> {
  const child = fork(join(import.meta.dirname, '..', '..', 'src', 'main.ts'), {
    execArgv: [],
    env: {
      MONGODB_URL: config.mongo.url,
      POSTS_DATABASE: config.mongo.database,
      REDIS_URL: config.redisUrl,
      REDIS_NAMESPACE: config.redisNamespace,
      INTERNAL_IDENTITY_SECRET: config.internalIdentitySecret,
      AUTH_URL: config.owners.auth,
      PROFILES_URL: config.owners.profiles,
      MEDIA_URL: config.mediaUrl,
      LIVE_HEAD_CHECK_MS: String(config.liveHeadCheckMs),
      LARGE_AUTHOR_READERS: String(config.largeAuthorReaders),
      LOG_LEVEL: 'error',
    },
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the process ended with code ${code}`)));
    child.on('message', (message: { type: string; url?: string; message?: string }) => {
      if (message.type === 'ready') resolve(message.url ?? '');
      else reject(new Error(message.message));
    });
  });
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await gone;
  };
  return { url, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}
