import { createCardLoader, type Directory } from '@postbook/people';
import DataLoader from 'dataloader';
import type { Message } from './message/message.ts';
import type { MessageRepository } from './message/message-repository.ts';

/**
 * Batches the reads of all requests and events of one moment, whoever they are for: an event that thousands listen to is
 * executed for each, and would be read as often. Nothing is remembered, and nothing is authorised here.
 */
export function createSharedLoaders(messages: MessageRepository, directory: Directory) {
  return {
    messages: new DataLoader<string, Message | null>(
      async (ids) => {
        const found = new Map((await messages.byIds([...new Set(ids)])).map((message) => [message.id, message]));
        return ids.map((id) => found.get(id) ?? null);
      },
      { cache: false },
    ),

    cards: createCardLoader(directory),
  };
}

/** What {@link createSharedLoaders} returns. */
export type SharedLoaders = ReturnType<typeof createSharedLoaders>;
