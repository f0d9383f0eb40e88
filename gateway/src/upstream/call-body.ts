import { LRUCache } from 'lru-cache';
import type { SubgraphCallToSend } from './subgraph-transport.ts';

/** Characters of query texts whose JSON is kept; the least used go first. */
const KEPT_CHARACTERS = 8 * 1024 * 1024;

/** The parts of a call that its body is made of. */
export type CallParts = Pick<SubgraphCallToSend, 'query' | 'operationName' | 'variables' | 'representations'>;

/** Variables with the representations among them, as JSON text. */
function writeVariables({ variables, representations }: CallParts): string {
  if (!representations) return variables;
  const list = `"representations":[${representations.join(',')}]`;
  return variables === '{}' ? `{${list}}` : `${variables.slice(0, -1)},${list}}`;
}

/**
 * Makes a writer of request bodies. A query's text is encoded once and kept, as plans are run many times; the other parts
 * are JSON already and are only put together.
 */
export function createBodyWriter(): (call: CallParts) => string {
  const heads = new LRUCache<string, string>({ maxSize: KEPT_CHARACTERS, sizeCalculation: (head) => head.length });

  function headOf(query: string): string {
    const known = heads.get(query);
    if (known !== undefined) return known;
    const head = `{"query":${JSON.stringify(query)}`;
    heads.set(query, head);
    return head;
  }

  return (call) => {
    const name = call.operationName === undefined ? '' : `,"operationName":${JSON.stringify(call.operationName)}`;
    return `${headOf(call.query)}${name},"variables":${writeVariables(call)}}`;
  };
}
