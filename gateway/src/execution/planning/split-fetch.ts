import type { FetchNode, QueryPlanSelectionNode } from '@apollo/query-planner';
import { Kind, type OperationDefinitionNode, type SelectionNode, type SelectionSetNode } from 'graphql';
import type { Requirement, RequirementsOfField } from './required-inputs.ts';

/** Options of {@link splitFetch}. */
export interface SplitOptions {
  readonly requirements: ReadonlyMap<string, Requirement>;
  readonly needs: ReadonlyMap<string, RequirementsOfField>;
}

/** A part of a fetch whose inputs don't contradict each other. */
export interface FetchPart {
  readonly requires: QueryPlanSelectionNode[];
  readonly operation: OperationDefinitionNode;
}

type Sources = Map<string, Set<string>>;

/** What a fetch sends, by path in the representation: more than one field of the tree at a path is a contradiction. */
function sourcesIn(
  nodes: readonly QueryPlanSelectionNode[],
  requirements: SplitOptions['requirements'],
  path = '',
  into: Sources = new Map(),
): Sources {
  for (const node of nodes) {
    if (node.kind === 'InlineFragment') {
      sourcesIn(node.selections, requirements, path, into);
      continue;
    }
    const name = requirements.get(node.name)?.field ?? node.name;
    const below = path === '' ? name : `${path}.${name}`;
    into.set(below, (into.get(below) ?? new Set()).add(node.name));
    if (node.selections) sourcesIn(node.selections, requirements, below, into);
  }
  return into;
}

/** Leaves at contradicted paths only the inputs that one part needs. */
function prune(
  nodes: readonly QueryPlanSelectionNode[],
  isKept: (path: string, name: string) => boolean,
  requirements: SplitOptions['requirements'],
  path = '',
): QueryPlanSelectionNode[] {
  return nodes.flatMap((node): QueryPlanSelectionNode[] => {
    if (node.kind === 'InlineFragment') {
      return [{ ...node, selections: prune(node.selections, isKept, requirements, path) }];
    }
    const name = requirements.get(node.name)?.field ?? node.name;
    const below = path === '' ? name : `${path}.${name}`;
    if (!isKept(below, node.name)) return [];
    return [node.selections ? { ...node, selections: prune(node.selections, isKept, requirements, below) } : node];
  });
}

/** The selections of an entity fetch that belong to one part; undefined when none does. */
function selectionsOf(
  set: SelectionSetNode,
  type: string,
  isIn: (type: string, field: string) => boolean,
): SelectionSetNode | undefined {
  const selections = set.selections.flatMap((selection): SelectionNode[] => {
    if (selection.kind === Kind.FIELD) return isIn(type, selection.name.value) ? [selection] : [];
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [selection];
    const inside = selectionsOf(selection.selectionSet, selection.typeCondition?.name.value ?? type, isIn);
    return inside ? [{ ...selection, selectionSet: inside }] : [];
  });
  return selections.some((selection) => selection.kind !== Kind.FIELD || selection.name.value !== '__typename')
    ? { ...set, selections }
    : undefined;
}

function fieldsOf(set: SelectionSetNode, type: string): [string, string][] {
  return set.selections.flatMap((selection): [string, string][] => {
    if (selection.kind === Kind.FIELD) return [[type, selection.name.value]];
    if (selection.kind === Kind.FRAGMENT_SPREAD) return [];
    return fieldsOf(selection.selectionSet, selection.typeCondition?.name.value ?? type);
  });
}

/**
 * Divides an entity fetch in which two fields require the same input under different arguments: a representation has
 * room for one. Each part sends the inputs of its own fields.
 */
export function splitFetch(node: FetchNode, operation: OperationDefinitionNode, options: SplitOptions): FetchPart[] {
  const { requirements, needs } = options;
  const requires = node.requires ?? [];
  const whole = [{ requires: [...requires], operation }];
  const [entities] = operation.selectionSet.selections;
  if (!node.requires || entities?.kind !== Kind.FIELD || !entities.selectionSet) return whole;
  const disputed = [...sourcesIn(requires, requirements)].flatMap(([path, names]) => (names.size > 1 ? [path] : []));
  if (disputed.length === 0) return whole;
  const { selectionSet } = entities;

  const needsOf = (type: string, field: string) => {
    const needed = needs.get(`${node.serviceName} ${type}.${field}`);
    return disputed.map((path) => needed?.get(path) ?? '').join(' ');
  };
  const wanted = new Set(fieldsOf(selectionSet, '').map(([type, field]) => needsOf(type, field)));
  const nothing = disputed.map(() => '').join(' ');
  const parts = wanted.size > 1 ? [...wanted].filter((key) => key !== nothing) : [...wanted];
  const [firstPart] = parts;

  return parts.flatMap((part) => {
    const isIn = (type: string, field: string) => {
      const own = needsOf(type, field);
      return own === part || field === '__typename' || (own === nothing && part === firstPart);
    };
    const set = selectionsOf(selectionSet, '', isIn);
    if (!set) return [];
    const names = new Set(part.split(' '));
    const kept = (path: string, name: string) => !disputed.includes(path) || names.has(name);
    return [
      {
        requires: prune(requires, kept, requirements),
        operation: {
          ...operation,
          selectionSet: { ...operation.selectionSet, selections: [{ ...entities, selectionSet: set }] },
        },
      },
    ];
  });
}
