import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '@postbook/testkit';
import { type WebSocket, WebSocketServer } from 'ws';
import { createPushRunner } from '../fixture/push-runner.ts';
import { startTestGateway } from '../fixture/test-gateway.ts';
import { startTestGraph } from '../fixture/test-graph.ts';

// node --expose-gc tests/load/sockets-load.ts [sockets] [rounds]
// One payload to all sockets, ours and a broadcast of a ready frame over `ws` sockets, rounds interleaved; and what an
// idle subscriber keeps in memory.

const [sockets = 5_000, rounds = 40] = process.argv.slice(2).map(Number);
const write = (line: string) => process.stdout.write(`${line}\n`);
const payload = Buffer.from(
  JSON.stringify({
    data: { messageAdded: { id: '1', content: 'hello there, how are you?', sender: { id: 'u1', displayName: 'Ada' } } },
  }),
);

const memory = async () => {
  for (let turn = 0; turn < 5; turn++) {
    globalThis.gc?.();
    await pause(50);
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heap: heapUsed, external };
};

async function connectClients(port: number, isThere: () => boolean) {
  const child = fork(join(import.meta.dirname, 'load-clients.ts'), [String(port), String(sockets)]);
  await once(child, 'message');
  await eventually(isThere, { timeoutMs: 60_000 });
  return child;
}

/** Sockets that only get a frame that was made beforehand: what sending costs at the least. */
async function startRaw() {
  const server = createServer();
  const wss = new WebSocketServer({ server, perMessageDeflate: false, handleProtocols: () => 'graphql-transport-ws' });
  const open = new Set<{ readonly write: (data: Buffer) => void }>();
  wss.on('connection', (socket: WebSocket, request) => {
    socket.on('message', (data) => {
      if (String(data).includes('connection_init')) socket.send('{"type":"connection_ack"}');
      else open.add(request.socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const text = Buffer.from(`{"id":"00000000-0000-4000-8000-000000000000","type":"next","payload":${payload}}`);
  const frame = Buffer.concat([Buffer.from([0x81, 126, text.length >> 8, text.length & 255]), text]);
  return {
    port: (server.address() as AddressInfo).port,
    count: () => open.size,
    broadcast: () => {
      for (const socket of open) socket.write(frame);
    },
  };
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

/** CPU of this process for one delivery, in microseconds, and deliveries per second. */
async function measure(child: Awaited<ReturnType<typeof connectClients>>, send: () => void, burst = 1) {
  child.send(sockets * burst);
  await pause(30);
  const done = once(child, 'message');
  const since = performance.now();
  const cpu = process.cpuUsage();
  send();
  await done;
  const { user, system } = process.cpuUsage(cpu);
  const deliveries = sockets * burst;
  return { cpu: (user + system) / deliveries, rate: (deliveries / (performance.now() - since)) * 1_000 };
}

const graph = await startTestGraph();
const engine = createPushRunner();
const gateway = await startTestGateway({
  supergraphPath: graph.supergraphPath,
  env: { GATEWAY_LIMITS: 'off' },
  overrides: { createRunner: () => engine.runner },
});
const raw = await startRaw();

/** Runs `connect` and tells what each of its sockets keeps in memory. */
async function weigh<T>(what: string, connect: () => Promise<T>): Promise<T> {
  const before = await memory();
  const connected = await connect();
  await pause(500);
  const after = await memory();
  const kib = (key: keyof typeof before) => ((after[key] - before[key]) / 1024 / sockets).toFixed(1);
  write(`${what} keeps ${kib('rss')} KiB (rss), ${kib('heap')} heap, ${kib('external')} external`);
  return connected;
}

// The raw ones come first: what a process only grows by once (young generation, pools) is theirs.
const theirs = await weigh('a raw socket', () => connectClients(raw.port, () => raw.count() === sockets));
const port = Number(new URL(gateway.url).port);
const ours = await weigh('an idle subscriber', () => connectClients(port, () => engine.listeners.size === sockets));

const plain = { ours: [] as number[], raw: [] as number[], oursRate: [] as number[], rawRate: [] as number[] };
const burst: number[] = [];
for (let round = -3; round < rounds; round++) {
  const a = await measure(ours, () => engine.publish(payload));
  const b = await measure(theirs, raw.broadcast);
  const c = await measure(ours, () => engine.publish(...Array.from({ length: 10 }, () => payload)), 10);
  if (round < 0) continue;
  plain.ours.push(a.cpu);
  plain.raw.push(b.cpu);
  plain.oursRate.push(a.rate);
  plain.rawRate.push(b.rate);
  burst.push(c.rate);
}
const [cpuOurs, cpuRaw] = [median(plain.ours), median(plain.raw)];
write(
  `CPU per delivery: ours ${cpuOurs.toFixed(2)} µs, raw ${cpuRaw.toFixed(2)} µs, ${(cpuOurs / cpuRaw).toFixed(2)}×`,
);
write(`deliveries/s: ours ${Math.round(median(plain.oursRate))}, raw ${Math.round(median(plain.rawRate))}`);
write(`deliveries/s in bursts of 10: ours ${Math.round(median(burst))}`);
process.exit(0);
