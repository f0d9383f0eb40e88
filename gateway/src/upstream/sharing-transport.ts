import type { Counter } from 'prom-client';
import { identityOf, personOf } from './call-identity.ts';
import type { SubgraphAnswer } from './subgraph-answer.ts';
import type { SubgraphCallToSend, SubgraphTransport } from './subgraph-transport.ts';

/** A query under way. */
interface Flight {
  readonly call: SubgraphCallToSend;
  readonly identity: string;
  readonly variant: string;
  readonly answer: Promise<SubgraphAnswer>;
}

/** One person's queries under way, by text: looking one up costs no new string. */
type Flights = Map<string, Flight[]>;

/** Flights of one person and text that are kept to be shared; a client that makes more shares less. */
const MOST_FLIGHTS = 32;

const isSameList = (one: readonly string[] | undefined, other: readonly string[] | undefined): boolean =>
  one === other || (one?.length === other?.length && one?.every((text, index) => text === other?.[index]) === true);

const isSameCall = (one: SubgraphCallToSend, other: SubgraphCallToSend): boolean =>
  one.service === other.service &&
  one.operationName === other.operationName &&
  one.variables === other.variables &&
  isSameList(one.representations, other.representations);

/** Options of {@link createSharingTransport}. */
export interface SharingTransportOptions {
  readonly next: SubgraphTransport;
  /** What of the client's headers goes to the call's subgraph; calls that differ in it aren't the same. */
  readonly variantOf: (call: SubgraphCallToSend) => string;
  /** Counts calls that weren't sent. */
  readonly shared: Counter<'subgraph'>;
}

/**
 * Sends identical queries of one identity that are under way at the same time once. All who asked get the same object:
 * they must not write into it.
 *
 * A person's mutation parts what was asked for before it from what is asked for afterwards, at its begin and at its end: no
 * query may be given an answer from before a change that its sender knows of. That holds within a process.
 */
export function createSharingTransport({ next, variantOf, shared }: SharingTransportOptions): SubgraphTransport {
  const people = new Map<string, Flights>();

  async function mutate(call: SubgraphCallToSend, person: string): Promise<SubgraphAnswer> {
    people.delete(person);
    try {
      return await next.send(call);
    } finally {
      people.delete(person);
    }
  }

  /** Makes a query one that others can join until it is answered. */
  function depart(call: SubgraphCallToSend, person: string, identity: string, variant: string) {
    const answer = next.send(call);
    const flights: Flights = people.get(person) ?? new Map();
    const same = flights.get(call.query) ?? [];
    if (same.length >= MOST_FLIGHTS) return answer;
    const flight: Flight = { call, identity, variant, answer };
    same.push(flight);
    flights.set(call.query, same);
    people.set(person, flights);
    const land = () => {
      same.splice(same.indexOf(flight), 1);
      if (same.length === 0) flights.delete(call.query);
      // After a mutation the person may have other flights already, which this one is none of.
      if (flights.size === 0 && people.get(person) === flights) people.delete(person);
    };
    answer.then(land, land);
    return answer;
  }

  return {
    send(call) {
      const person = personOf(call.context);
      if (call.operationType === 'mutation') return mutate(call, person);
      if (call.isUnshared || call.includeTrace) return next.send(call);
      const identity = identityOf(call.context);
      const variant = variantOf(call);
      const joined = people
        .get(person)
        ?.get(call.query)
        ?.find((one) => one.identity === identity && one.variant === variant && isSameCall(one.call, call));
      if (!joined) return depart(call, person, identity, variant);
      shared.inc({ subgraph: call.service });
      return joined.answer;
    },
  };
}
