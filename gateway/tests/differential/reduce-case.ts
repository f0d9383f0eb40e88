import {
  type ASTNode,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  validate,
  visit,
} from 'graphql';
import type { Case } from './harness.ts';

/** So many candidates are tried at the most. */
const MAX_TRIALS = 600;

/** What a selection may become: nothing, what is inside of it, or itself with less. */
function lesser(node: SelectionNode, fragments: ReadonlyMap<string, SelectionSetNode>): SelectionNode[][] {
  const smaller: SelectionNode[][] = [[]];
  if (node.kind === Kind.INLINE_FRAGMENT) smaller.push([...node.selectionSet.selections]);
  if (node.kind === Kind.FRAGMENT_SPREAD) smaller.push([...(fragments.get(node.name.value)?.selections ?? [])]);
  if (node.directives && node.directives.length > 0) smaller.push([{ ...node, directives: [] }]);
  if (node.kind !== Kind.FIELD) return smaller;
  const { alias: _, ...unaliased } = node;
  if (node.alias) smaller.push([unaliased]);
  const args = node.arguments ?? [];
  for (const dropped of args) smaller.push([{ ...node, arguments: args.filter((argument) => argument !== dropped) }]);
  return smaller;
}

/** Replaces the selection that comes at a position in reading order. */
function replaceAt(document: DocumentNode, position: number, replacement: readonly SelectionNode[]): DocumentNode {
  let seen = -1;
  return visit(document, {
    SelectionSet: {
      enter(set) {
        const selections = set.selections.flatMap((node) => {
          seen += 1;
          return seen === position ? replacement : [node];
        });
        return selections.length === set.selections.length && selections.every((node, i) => node === set.selections[i])
          ? undefined
          : { ...set, selections };
      },
    },
  });
}

function inReadingOrder(document: DocumentNode): SelectionNode[] {
  const found: SelectionNode[] = [];
  visit(document, { SelectionSet: { enter: (set) => void found.push(...set.selections) } });
  return found;
}

/** Takes away what nothing refers to any more: fragments, variables and their values. */
function tidy(document: DocumentNode): DocumentNode {
  const used = new Set<string>();
  visit(document, {
    FragmentSpread: ({ name }) => void used.add(`...${name.value}`),
    Variable: { enter: ({ name }, _key, parent) => void (isDefinition(parent) || used.add(`$${name.value}`)) },
  });
  return visit(document, {
    FragmentDefinition: ({ name }) => (used.has(`...${name.value}`) ? undefined : null),
    VariableDefinition: ({ variable }) => (used.has(`$${variable.name.value}`) ? undefined : null),
  });
}

const isDefinition = (parent: ASTNode | readonly ASTNode[] | undefined): boolean =>
  parent !== undefined && 'kind' in parent && parent.kind === Kind.VARIABLE_DEFINITION;

/** Every case that is a little smaller. */
function* smallerCases(tried: Case, schema: GraphQLSchema): Generator<Case> {
  const document = parse(tried.query, { noLocation: true });
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node.selectionSet] as const] : [],
    ),
  );
  for (const [position, node] of inReadingOrder(document).entries()) {
    for (const replacement of lesser(node, fragments)) {
      const changed = replaceAt(document, position, replacement);
      const query = print(tidy(changed));
      try {
        const reparsed = parse(query);
        if (validate(schema, reparsed).length === 0) {
          const declared = Object.entries(tried.variables).filter(([name]) => query.includes(`$${name}`));
          yield { ...tried, query, variables: Object.fromEntries(declared) };
        }
      } catch {
        // An empty selection set is no syntax.
      }
    }
  }
  if (tried.seed > 0) for (const seed of [0, 1, 2, 3].filter((lower) => lower < tried.seed)) yield { ...tried, seed };
}

/**
 * Makes a failing case as small as can be read at a glance: fast-check shrinks the choices, this unwraps fragments and drops
 * aliases in what they came to.
 */
export async function reduceCase(
  failing: Case,
  schema: GraphQLSchema,
  fails: (tried: Case) => Promise<boolean>,
): Promise<Case> {
  let best = failing;
  let trials = 0;
  for (let isBetter = true; isBetter; ) {
    isBetter = false;
    for (const candidate of smallerCases(best, schema)) {
      if (++trials > MAX_TRIALS) return best;
      if (await fails(candidate)) {
        best = candidate;
        isBetter = true;
        break;
      }
    }
  }
  return best;
}
