import type { PlanNode } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';
import type { GatewayContext } from '../context.ts';
import type { SubgraphAnswer } from '../upstream/subgraph-answer.ts';
import { rootTypeOf } from './canonical/document-parts.ts';
import { compilePlan } from './plan/compile-plan.ts';
import { compileFetch } from './plan/compiled-fetch.ts';
import { dividePlan } from './plan/divide-plan.ts';
import { everyFetchedField, everyField } from './plan/selected-fields.ts';
import type { PreparedSubscription, SharedJoin, Variables, WrittenResult } from './prepared-operation.ts';
import type { PrepareOptions } from './prepared-request.ts';
import { settledLoad } from './run/call-queue.ts';
import { applyLoads } from './run/entity-load.ts';
import type { ExecutionRun, Step } from './run/execution-run.ts';
import { startRun } from './run/start-run.ts';
import { copyAlong, type PathTrie, trieAt, trieOf } from './tree/path-trie.ts';
import type { TreeObject } from './tree/response-tree.ts';
import { createTreeErrors, type TreeErrors } from './tree/tree-errors.ts';
import { createOperationWriter } from './writer/operation-writer.ts';

/** Where the trees of events lie in one execution, so that all of them are joined by the same calls. */
const EVENTS = 'events';
const PATH = [EVENTS, '@'];

/** What subscriptions need beside what requests do. */
export interface SubscriptionOptions extends PrepareOptions {
  readonly supergraph: GraphQLSchema;
  /** Whether a field is marked as seen alike by a whole audience. */
  readonly isFieldSeenAlike: (typeName: string, fieldName: string) => boolean;
}

/** A part of the plan, compiled to run over the trees of events. */
interface Part {
  readonly step: Step;
  readonly trie: PathTrie;
}

function compilePart(node: PlanNode | undefined, options: PrepareOptions): Part {
  const placed: PlanNode | undefined = node && { kind: 'Flatten', path: PATH, node };
  return { step: compilePlan(placed, options.settings.types), trie: trieOf(placed) };
}

const rootsOf = (run: ExecutionRun): TreeObject[] => run.root[EVENTS] as TreeObject[];

/** Compiles a subscription. */
export function prepareSubscription(options: SubscriptionOptions): PreparedSubscription {
  const { plan, settings, supergraph, schema, canonical, isFieldSeenAlike } = options;
  if (plan.node?.kind !== 'Subscription') throw new Error('the planner gave no subscription plan for a subscription');
  const { primary, rest } = plan.node;
  const write = createOperationWriter(options);
  const divided = dividePlan(rest, (fetch) => everyFetchedField(supergraph, fetch, isFieldSeenAlike));
  const whole = compilePart(rest, options);
  const shared = compilePart(divided.shared, options);
  const own = compilePart(divided.own, options);
  const fetch = compileFetch(primary, settings.types, trieAt(whole.trie, PATH));
  const { operation, fragments } = canonical;

  /** An event in the place of what the primary subgraph would have answered. */
  function eventRoot(event: SubgraphAnswer, errors: TreeErrors): TreeObject {
    const root: TreeObject = {};
    const load = settledLoad(fetch, event, settings.types);
    applyLoads({ types: settings.types, errors }, { fetch, loads: new Map([[load, [root]]]) });
    return root;
  }

  function joinBy(part: Part, events: readonly SubgraphAnswer[], variables: Variables, context: GatewayContext) {
    const errors = createTreeErrors();
    const root = { [EVENTS]: events.map((event) => eventRoot(event, errors)) };
    return startRun(part.step, settings, { variables, context, root, errors, isUnshared: true });
  }

  function sharedJoin(run: ExecutionRun, root: TreeObject, variables: Variables): SharedJoin {
    let forAll: WrittenResult | undefined;
    return {
      async finishFor(context) {
        if (!divided.own) {
          forAll ??= write(root, run.errors, variables);
          return forAll;
        }
        const errors = createTreeErrors(run.errors);
        const copy = copyAlong({ [EVENTS]: [root] }, own.trie, errors) as TreeObject;
        const finished = await startRun(own.step, settings, {
          variables,
          context,
          root: copy,
          errors,
          isUnshared: true,
        });
        return write(rootsOf(finished)[0] ?? {}, errors, variables);
      },
    };
  }

  return {
    kind: 'subscription',
    primary: {
      serviceName: primary.serviceName,
      query: primary.operation,
      operationName: primary.operationName,
      variableUsages: primary.variableUsages ?? [],
    },
    isJoined: rest !== undefined,
    isSeenAlike:
      everyField(schema, rootTypeOf(schema, operation), operation.selectionSet, fragments, isFieldSeenAlike) &&
      everyFetchedField(supergraph, primary, isFieldSeenAlike) &&
      divided.own === undefined,
    isPrimarySeenAlike: everyFetchedField(supergraph, primary, isFieldSeenAlike),
    async join(events, variables, context) {
      const run = await joinBy(whole, events, variables, context);
      return rootsOf(run).map((root) => write(root, run.errors, variables));
    },
    async joinForAudience(events, variables, audience) {
      const run = await joinBy(shared, events, variables, audience);
      return rootsOf(run).map((root) => sharedJoin(run, root, variables));
    },
  };
}
