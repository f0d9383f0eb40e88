import { ConnectionLimitError } from '../errors/gateway-errors.ts';
import type { ConnectionLimits } from './limit-variables.ts';

/** Who holds something open. */
export interface Holder {
  readonly address: string;
  readonly userId: string | undefined;
}

/** Counts what is open by person and by address, on this process. */
export interface ConnectionCaps {
  /** Whether one more connection from the address would be too many; asked before it is taken. */
  isAddressFull(address: string): boolean;
  /** Counts a connection from an address. Returns how to give it back, which may be called twice. */
  addConnection(address: string): () => void;
  /** Counts a connection as a person's. @throws ConnectionLimitError. */
  addUserConnection(userId: string): () => void;
  /** Counts a running subscription. @throws ConnectionLimitError. */
  addSubscription(holder: Holder): () => void;
}

/** How many each key has; a key without any takes no memory. */
function createCounter(maximum: number) {
  const counts = new Map<string, number>();
  const add = (key: string, change: number) => {
    const count = (counts.get(key) ?? 0) + change;
    if (count > 0) counts.set(key, count);
    else counts.delete(key);
  };
  return {
    maximum,
    isFull: (key: string) => (counts.get(key) ?? 0) >= maximum,
    add(key: string): () => void {
      let isHeld = true;
      add(key, 1);
      return () => {
        if (isHeld) add(key, -1);
        isHeld = false;
      };
    },
  };
}

/** Makes the caps. */
export function createConnectionCaps(limits: ConnectionLimits): ConnectionCaps {
  const connectionsByAddress = createCounter(limits.perAddress);
  const connectionsByUser = createCounter(limits.perUser);
  const subscriptionsByAddress = createCounter(limits.subscriptionsPerAddress);
  const subscriptionsByUser = createCounter(limits.subscriptionsPerUser);

  return {
    isAddressFull: connectionsByAddress.isFull,
    addConnection: connectionsByAddress.add,
    addUserConnection(userId) {
      if (connectionsByUser.isFull(userId)) throw new ConnectionLimitError('connections per user', limits.perUser);
      return connectionsByUser.add(userId);
    },
    addSubscription({ address, userId }) {
      if (subscriptionsByAddress.isFull(address)) {
        throw new ConnectionLimitError('subscriptions per address', limits.subscriptionsPerAddress);
      }
      if (userId === undefined) return subscriptionsByAddress.add(address);
      if (subscriptionsByUser.isFull(userId)) {
        throw new ConnectionLimitError('subscriptions per user', limits.subscriptionsPerUser);
      }
      const releases = [subscriptionsByAddress.add(address), subscriptionsByUser.add(userId)];
      return () => {
        for (const release of releases) release();
      };
    },
  };
}
