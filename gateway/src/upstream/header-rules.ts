import type { IncomingHttpHeaders } from 'node:http';
import type { CallHeaders } from './call-headers.ts';

/**
 * One header for calls to a subgraph: one of the client's (`propagate`, by name or, with `*` at its end, by the beginning
 * of the name), under another name when `as` is given; or a fixed one (`set`). Names are in lower case. A later rule for
 * the same header wins.
 */
export type HeaderRule =
  | { readonly propagate: string; readonly as?: string | undefined }
  | { readonly set: string; readonly value: string };

/** Which headers go to which subgraphs besides those that every call has. */
export interface HeaderRules {
  readonly all: readonly HeaderRule[];
  /** Further ones, by the subgraph's name. */
  readonly subgraphs: Readonly<Record<string, readonly HeaderRule[]>>;
}

/** No header of a client goes anywhere. */
export const NO_HEADER_RULES: HeaderRules = { all: [], subgraphs: {} };

/** Whether anything of a client's headers may go on. */
export const hasHeaderRules = ({ all, subgraphs }: HeaderRules): boolean =>
  all.length > 0 || Object.values(subgraphs).some((rules) => rules.length > 0);

/**
 * Headers that no rule may name as their target: those of one connection or one body, which would break the call or let a
 * client smuggle a second one into it, and those by which the gateway speaks for itself.
 */
const RESERVED: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'expect',
  'content-length',
  'content-type',
  'content-encoding',
  'accept',
  'accept-encoding',
  'x-request-id',
  'traceparent',
  'tracestate',
  'x-postbook-identity',
  'apollo-federation-include-trace',
]);

/** What proves who somebody is: only a rule that says the name in full sends it on. */
const SECRET: ReadonlySet<string> = new Set(['authorization', 'cookie', 'set-cookie', 'x-api-key', 'x-csrf-token']);

/** Whether calls can carry a header of this name by a rule. */
export const isReservedHeader = (name: string): boolean => RESERVED.has(name);

const isForPattern = (name: string): boolean => !RESERVED.has(name) && !SECRET.has(name);

type Rule = (headers: IncomingHttpHeaders, result: CallHeaders) => void;

const textOf = (value: string | string[]): string => (typeof value === 'string' ? value : value.join(', '));

function compile(rule: HeaderRule): Rule {
  if ('set' in rule) {
    return (_headers, result) => {
      result[rule.set] = rule.value;
    };
  }
  const { propagate, as = propagate } = rule;
  if (propagate.endsWith('*')) {
    const start = propagate.slice(0, -1);
    return (headers, result) => {
      for (const [name, value] of Object.entries(headers)) {
        if (name.startsWith(start) && isForPattern(name) && value !== undefined) result[name] = textOf(value);
      }
    };
  }
  return (headers, result) => {
    const value = headers[propagate];
    if (value !== undefined) result[as] = textOf(value);
  };
}

/** The headers that rules add to a call; undefined when no rule is about its subgraph. */
export type HeaderSelection = (service: string, headers: IncomingHttpHeaders | undefined) => CallHeaders | undefined;

/** Prepares rules for use at every call. */
export function createHeaderSelection({ all, subgraphs }: HeaderRules): HeaderSelection {
  const common = all.map(compile);
  const own = new Map(Object.entries(subgraphs).map(([name, rules]) => [name, [...common, ...rules.map(compile)]]));
  return (service, headers = {}) => {
    const rules = own.get(service) ?? common;
    if (rules.length === 0) return undefined;
    const result: CallHeaders = {};
    for (const rule of rules) rule(headers, result);
    return result;
  };
}
