import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { EmbeddedStoreError, useOwnServer } from './errors.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import type { StoreName } from './types.ts';

/** Hands out loopback ports and remembers them, so that clients of a restarted store find it where it was. */
export interface PortBook {
  /**
   * The port for `key`: `fixed` if given, else the remembered one if still free, else a free one.
   * @throws EmbeddedStoreError when a fixed port is taken.
   */
  claim(store: StoreName, key: string, fixed?: number): Promise<number>;
}

/** Opens the memory kept in the data folder. */
export function openPortBook(dataDir: string): PortBook {
  const file = path.join(dataDir, 'ports.json');
  const remembered: Record<string, number> = readJsonFile(file) ?? {};
  const claimed = new Set<number>();

  return {
    async claim(store, key, fixed) {
      const port = fixed === undefined ? await usablePort(remembered[key], claimed) : await fixedPort(store, fixed);
      claimed.add(port);
      remembered[key] = port;
      writeJsonFile(file, remembered);
      return port;
    },
  };
}

/** Whether nothing listens on this loopback port. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await tryListen(port)) !== undefined;
}

async function usablePort(wanted: number | undefined, claimed: ReadonlySet<number>): Promise<number> {
  if (wanted !== undefined && !claimed.has(wanted) && (await isPortFree(wanted))) return wanted;
  for (;;) {
    const port = await tryListen(0);
    if (port !== undefined && !claimed.has(port)) return port;
  }
}

async function fixedPort(store: StoreName, port: number): Promise<number> {
  if (await isPortFree(port)) return port;
  throw new EmbeddedStoreError(store, `Port ${port} for ${store} is in use.`, {
    remedy: `free the port, ask for another one, or ${useOwnServer(store)}`,
  });
}

async function tryListen(port: number): Promise<number | undefined> {
  const server = net.createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as net.AddressInfo).port;
  } catch {
    return undefined;
  } finally {
    server.close();
  }
}
