import type { FetchNode, PlanNode, QueryPlan } from '@apollo/query-planner';
import { type GraphQLSchema, type OperationDefinitionNode, visit } from 'graphql';
import { printFetch, readFetch, startOf } from './fetch-operations.ts';
import type { MendedSupergraph } from './mend-supergraph.ts';
import { moveMisplaced } from './move-misplaced.ts';
import { withoutConflicts } from './name-conflicts.ts';
import { restoreOperation, restoreRequires } from './restore-inputs.ts';
import { splitFetch } from './split-fetch.ts';
import { withEntityTypes } from './typed-entities.ts';

/** What mending needs to know of the supergraph. */
export interface MendContext {
  readonly mended: MendedSupergraph;
  /** A subgraph's schema as the planner sees it. */
  readonly schemaOf: (subgraph: string) => GraphQLSchema;
}

/** Variables that an operation uses, its definitions apart. */
function usedVariables({ variableDefinitions: _, ...operation }: OperationDefinitionNode): Set<string> {
  const names = new Set<string>();
  visit(operation as OperationDefinitionNode, { Variable: ({ name }) => void names.add(name.value) });
  return names;
}

/** One fetch, or several where its inputs contradict each other. */
function mendFetch(node: FetchNode, context: MendContext): FetchNode[] {
  const { requirements } = context.mended;
  const schema = context.schemaOf(node.serviceName);
  // The planner's own renaming goes from the outside in: the paths inside would no longer be there.
  const renaming = (node.outputRewrites ?? []).toSorted((a, b) => b.path.length - a.path.length);
  const planned = node.requires ? withEntityTypes(readFetch(node), schema) : readFetch(node);
  return splitFetch(node, planned, context.mended).map(({ operation, requires }) => {
    const { type, set } = startOf(operation, node, schema);
    const { operation: unconflicted, rewrites } = withoutConflicts(operation, { type, set }, schema);
    const used = usedVariables(unconflicted);
    const variableDefinitions = (unconflicted.variableDefinitions ?? []).filter(({ variable }) =>
      used.has(variable.name.value),
    );
    return {
      ...node,
      ...(node.requires ? { requires: restoreRequires(requires, requirements) } : {}),
      variableUsages: (node.variableUsages ?? []).filter((name) => used.has(name)),
      operation: printFetch({ ...restoreOperation(unconflicted, requirements), variableDefinitions }),
      outputRewrites: [...rewrites, ...renaming],
    };
  });
}

function mendNode(node: PlanNode, context: MendContext): PlanNode {
  switch (node.kind) {
    case 'Sequence':
    case 'Parallel':
      return { ...node, nodes: node.nodes.map((child) => mendNode(child, context)) };
    case 'Flatten':
      return { ...node, node: mendNode(node.node, context) };
    case 'Condition':
      return {
        ...node,
        ...(node.ifClause ? { ifClause: mendNode(node.ifClause, context) } : {}),
        ...(node.elseClause ? { elseClause: mendNode(node.elseClause, context) } : {}),
      };
    case 'Fetch': {
      const [only, ...others] = mendFetch(node, context);
      if (!only) throw new Error('a fetch of the plan is empty');
      return others.length === 0 ? only : { kind: 'Parallel', nodes: [only, ...others] };
    }
    case 'Defer':
      return node;
    default:
      return node satisfies never;
  }
}

/** Mends what plans of Apollo's planner get wrong. */
export function mendPlan({ node }: QueryPlan, context: MendContext): QueryPlan {
  if (node === undefined) return { kind: 'QueryPlan' };
  if (node.kind !== 'Subscription') {
    return { kind: 'QueryPlan', node: mendNode(moveMisplaced(node, context), context) };
  }
  const { first, rest: moved } = moveBehind(node.primary, node.rest, context);
  const [primary = first] = mendFetch(first, context);
  const rest = moved && mendNode(moved, context);
  return { kind: 'QueryPlan', node: { kind: 'Subscription', primary, ...(rest ? { rest } : {}) } };
}

/** The same as for a query, where the first fetch is apart. */
function moveBehind(primary: FetchNode, rest: PlanNode | undefined, context: MendContext) {
  const whole = moveMisplaced({ kind: 'Sequence', nodes: [primary, ...(rest ? [rest] : [])] }, context);
  const steps = whole.kind === 'Sequence' ? whole.nodes : [whole];
  const [first, ...others] = steps[0]?.kind === 'Sequence' ? [...steps[0].nodes, ...steps.slice(1)] : steps;
  if (first?.kind !== 'Fetch') throw new Error('a subscription has no first fetch');
  return { first, rest: others.length > 1 ? ({ kind: 'Sequence', nodes: others } as const) : others[0] };
}
