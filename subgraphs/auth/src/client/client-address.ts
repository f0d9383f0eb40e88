import { isIP } from 'node:net';
import type { ClientInfo } from '@postbook/service-kit';

/** Stands for an address that isn't known, where the store wants one. */
export const UNKNOWN_ADDRESS = '0.0.0.0';

/** The client's address as PostgreSQL's `inet` takes it: without a zone, and never something that is no address. */
export function addressOf(client: ClientInfo | undefined): string {
  const address = client?.ip.split('%', 1)[0] ?? '';
  return isIP(address) ? address : UNKNOWN_ADDRESS;
}
