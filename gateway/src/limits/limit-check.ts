import { findExceededLimit, type OperationLimits } from '@postbook/service-kit/edge';
import { parse } from 'graphql';
import { LRUCache } from 'lru-cache';
import { OperationLimitError } from '../errors/gateway-errors.ts';

/** Says which limit the text of an operation exceeds, if one does. Texts that don't parse are left to whoever parses them. */
export type LimitCheck = (text: string) => OperationLimitError | undefined;

/** Characters of texts that are remembered as being within the limits. */
const REMEMBERED_CHARACTERS = 4 * 1024 * 1024;

/**
 * Makes a check to be made before anything else looks at an operation: the rules of the specification compare fields with
 * each other, and a document of a few kilobytes keeps them busy for a fifth of a second.
 */
export function createLimitCheck(limits: OperationLimits): LimitCheck {
  const within = new LRUCache<string, true>({
    maxSize: REMEMBERED_CHARACTERS,
    sizeCalculation: (_true, text) => text.length + 1,
  });

  function check(text: string): OperationLimitError | undefined {
    try {
      const exceeded = findExceededLimit(parse(text, { maxTokens: limits.tokens, noLocation: true }), limits);
      if (exceeded) return new OperationLimitError(exceeded.limit, exceeded.maximum, exceeded.actual);
      within.set(text, true);
    } catch {
      // Apollo Server parses it again and tells of the mistake in its own way.
    }
    return undefined;
  }

  return (text) => (within.has(text) ? undefined : check(text));
}
