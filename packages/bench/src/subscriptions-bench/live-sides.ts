import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type ChatStage, startChatGateway } from '../chat-graph/chat-stage.ts';
import { freePort, startProcess } from '../processes/child-process.ts';
import { remoteOf } from '../processes/commands.ts';
import { hiveProgram } from '../sides/hive.ts';
import { rivalVersion } from '../sides/rival-install.ts';
import { LIVE_TEXT } from './live-operation.ts';
import { type LiveSide, ROOM } from './live-side.ts';
import type { RawBroadcastCommands } from './raw-broadcast-process.ts';

/** Hive Gateway would subscribe over SSE, which no kit of a subgraph here speaks. */
const HIVE_TRANSPORT = { '*.http': { options: { subscriptions: { kind: 'ws', location: '/graphql' } } } };

const throughChat = (stage: ChatStage) => (count: number) =>
  stage.chat.commands.send({ room: ROOM, text: LIVE_TEXT, count });

const ours: LiveSide = {
  name: 'ours',
  description: 'this gateway, accounts on, chat subgraph made with the kit, Redis between them',
  isGateway: true,
  maxSubscribers: Number.POSITIVE_INFINITY,
  async start(stage) {
    return { process: await startChatGateway(stage), send: throughChat(stage) };
  },
};

const naive: LiveSide = {
  name: 'naive',
  description: 'graphql-ws, one upstream and one executeQueryPlan of @apollo/gateway for each subscriber and event',
  isGateway: true,
  maxSubscribers: 5_000,
  async start(stage) {
    const process = await startProcess({
      name: 'naive',
      args: [
        join(import.meta.dirname, 'naive-process.ts'),
        JSON.stringify({ supergraphPath: stage.supergraphPath, identitySecret: stage.identitySecret }),
      ],
      isInspected: true,
    });
    return { process, send: throughChat(stage) };
  },
};

const hive: LiveSide = {
  name: 'hive',
  description: `@graphql-hive/gateway ${rivalVersion('@graphql-hive/gateway')}, graphql-ws to a chat that asks for no signatures`,
  isGateway: true,
  maxSubscribers: 1_000,
  async start(stage) {
    const port = String(await freePort());
    const config = join(dirname(stage.openSupergraphPath), 'gateway.config.mjs');
    await writeFile(config, `export const gatewayConfig = ${JSON.stringify({ transportEntries: HIVE_TRANSPORT })};`);
    const process = await startProcess({
      name: 'hive',
      args: [
        hiveProgram,
        'supergraph',
        stage.openSupergraphPath,
        ...['--config-path', config, '--host', '127.0.0.1', '--port', port],
      ],
      graphqlUrl: `http://127.0.0.1:${port}/graphql`,
      isInspected: true,
    });
    return { process, send: throughChat(stage) };
  },
};

const raw = (name: string, description: string, way: 'send' | 'write'): LiveSide => ({
  name,
  description,
  isGateway: false,
  maxSubscribers: Number.POSITIVE_INFINITY,
  async start() {
    const process = await startProcess({
      name,
      args: [join(import.meta.dirname, 'raw-broadcast-process.ts'), way],
      isInspected: true,
    });
    const commands = remoteOf<RawBroadcastCommands>(process.child);
    return { process, send: (count) => commands.broadcast({ count }) };
  },
});

/** All sides, ours last: what the others are compared with. */
export const liveSides: readonly LiveSide[] = [
  naive,
  hive,
  raw('raw-send', '`ws` alone: `send` of one ready payload to each socket; no GraphQL, no people, no cursors', 'send'),
  raw('raw-write', '`ws` alone: one ready frame written to each socket', 'write'),
  ours,
];
