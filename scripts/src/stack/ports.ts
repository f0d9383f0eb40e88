import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { subgraphs } from '@postbook/schema';
import type { CommandConfig } from '../config.ts';
import { freePortFrom } from './free-port.ts';

const GATEWAY_PORT = 4000;

function remembered(file: string): Record<string, number> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>;
  } catch {
    return {};
  }
}

/** Ports of all services: those of the last start where they are still free, so that bookmarks and clients stay right. */
export async function choosePorts(config: CommandConfig): Promise<Map<string, number>> {
  const file = join(config.dataDir, 'ports.json');
  const last = remembered(file);
  const ports = new Map<string, number>();
  // The gateway last: when its port is taken it must not push a service from its own.
  const wanted = [
    ...subgraphs.map(({ name, routingUrl }) => [name, last[name] ?? Number(new URL(routingUrl).port)] as const),
    ['gateway', config.port ?? last.gateway ?? GATEWAY_PORT] as const,
  ];
  for (const [name, port] of wanted) ports.set(name, await freePortFrom(port, new Set(ports.values())));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(ports), null, 2)}\n`);
  return ports;
}
