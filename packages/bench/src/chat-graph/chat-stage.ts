import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SubgraphConfig } from '@postbook/service-kit';
import { type RunningProcess, startProcess } from '../processes/child-process.ts';
import { type Remote, remoteOf } from '../processes/commands.ts';
import { repositoryRoot } from '../processes/paths.ts';
import type { ChatCommands } from './chat-process.ts';
import { startTokenService, type TokenService } from './tokens.ts';

/** Everything that a gateway with accounts needs around it: Redis, keys, a chat and people to join. */
export interface ChatStage {
  readonly supergraphPath: string;
  /** The same graph with a chat that doesn't ask for signatures. */
  readonly openSupergraphPath: string;
  readonly urls: Readonly<Record<string, string>>;
  readonly identitySecret: string;
  readonly tokens: TokenService;
  readonly chat: { readonly pid: number; readonly commands: Remote<ChatCommands> };
  /** Environment of a gateway over this stage. */
  readonly gatewayEnvironment: Readonly<Record<string, string>>;
  /** Kills the process of the subgraphs and starts it again on the same ports. */
  restartChat(): Promise<void>;
}

const NAMESPACE = 'bench';

const chatConfig = (redisUrl: string, identitySecret: string, port: number): SubgraphConfig => ({
  host: '127.0.0.1',
  port,
  logLevel: 'silent',
  logFormat: 'json',
  redisUrl,
  redisNamespace: NAMESPACE,
  internalIdentitySecret: identitySecret,
});

const startChat = (config: SubgraphConfig, peoplePort: number): Promise<RunningProcess> =>
  startProcess({
    name: 'chat',
    args: [join(import.meta.dirname, 'chat-process.ts'), JSON.stringify({ chat: config, peoplePort })],
  });

const portOf = (url: string | undefined) => Number(new URL(url ?? '').port);

/** Sets the stage; it goes when the stack is disposed of. */
export async function setChatStage(stack: AsyncDisposableStack): Promise<ChatStage> {
  const identitySecret = randomBytes(32).toString('hex');
  const redis = await startProcess({ name: 'Redis', args: [join(import.meta.dirname, 'redis-process.ts')] });
  stack.defer(() => redis.stop());
  const tokens = await startTokenService();
  stack.defer(() => tokens.stop());
  let process = await startChat(chatConfig(redis.url, identitySecret, 0), 0);
  stack.defer(() => process.stop());
  let commands = remoteOf<ChatCommands>(process.child);
  const { supergraph, openSupergraph, urls } = await commands.graph();
  const folder = await mkdtemp(join(tmpdir(), 'postbook-bench-'));
  stack.defer(() => rm(folder, { recursive: true }));
  const supergraphPath = join(folder, 'supergraph.graphql');
  const openSupergraphPath = join(folder, 'open-supergraph.graphql');
  await Promise.all([writeFile(supergraphPath, supergraph), writeFile(openSupergraphPath, openSupergraph)]);
  return {
    supergraphPath,
    openSupergraphPath,
    urls,
    identitySecret,
    tokens,
    chat: {
      get pid() {
        return process.pid;
      },
      get commands() {
        return commands;
      },
    },
    gatewayEnvironment: {
      PORT: '0',
      SUPERGRAPH_PATH: supergraphPath,
      JWKS_URL: tokens.jwksUrl,
      REDIS_URL: redis.url,
      REDIS_NAMESPACE: NAMESPACE,
      INTERNAL_IDENTITY_SECRET: identitySecret,
      GATEWAY_LIMITS: 'off',
    },
    async restartChat() {
      process.child.kill('SIGKILL');
      await process.stop();
      process = await startChat(chatConfig(redis.url, identitySecret, portOf(urls.chat)), portOf(urls.people));
      commands = remoteOf<ChatCommands>(process.child);
    },
  };
}

/** This repository's gateway over the stage, with accounts. */
export async function startChatGateway(stage: ChatStage): Promise<RunningProcess> {
  const gateway = await startProcess({
    name: 'ours',
    args: [join(repositoryRoot, 'gateway', 'src', 'main.ts')],
    environment: stage.gatewayEnvironment,
    isInspected: true,
  });
  return { ...gateway, url: `${gateway.url}/graphql` };
}
