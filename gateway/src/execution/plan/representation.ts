import type { FetchDataRewrite, QueryPlanSelectionNode } from '@apollo/query-planner';
import { isTreeObject, type TreeObject, type TypeRelations } from '../tree/response-tree.ts';
import type { TreeError, TreeErrors } from '../tree/tree-errors.ts';
import { quote } from '../writer/quote.ts';
import { conditionOf } from './rewrites.ts';

/** A field of a plan's `requires`; `from` is where it is in the tree when that differs from what the subgraph calls it. */
export type RequiredField = Extract<QueryPlanSelectionNode, { kind: 'Field' }> & { readonly from?: string };

/** Writes what identifies an object to a subgraph. */
export interface Representer {
  /**
   * The representation as JSON text.
   *
   * @returns undefined when the fetch isn't for objects of this type, or nothing is known of one; the errors of an input
   * that failed.
   */
  represent(object: TreeObject, errors: TreeErrors): string | undefined | readonly TreeError[];
}

interface Part {
  /** JSON text of the key, with its colon. */
  readonly head: string;
  readonly from: string;
  /** JSON text of a value that is the same for all. */
  readonly constant: string | undefined;
  readonly inside: ObjectWriter | undefined;
}

type Written = string | undefined | readonly TreeError[];
type ObjectWriter = (object: TreeObject, errors: TreeErrors) => Written;

/** Selections that apply to one type, those of fragments merged. */
function flatten(
  nodes: readonly QueryPlanSelectionNode[],
  typeName: string | undefined,
  types: TypeRelations,
  into = new Map<string, RequiredField[]>(),
): Map<string, RequiredField[]> {
  for (const node of nodes) {
    if (node.kind === 'Field') {
      const key = node.alias ?? node.name;
      into.set(key, [...(into.get(key) ?? []), node]);
    } else if (
      node.typeCondition === undefined ||
      (typeName !== undefined && types.isOfType(typeName, node.typeCondition))
    ) {
      flatten(node.selections, typeName, types, into);
    }
  }
  return into;
}

/** Rewrites below one path element, for objects of a type. */
function rewritesFor(
  rewrites: readonly FetchDataRewrite[],
  typeName: string | undefined,
  types: TypeRelations,
): readonly FetchDataRewrite[] {
  return rewrites.flatMap((rewrite) => {
    const condition = conditionOf(rewrite.path[0] ?? '');
    if (condition === undefined) return [rewrite];
    const isFor = typeName === undefined || types.isOfType(typeName, condition);
    return isFor ? rewritesFor([{ ...rewrite, path: rewrite.path.slice(1) }], typeName, types) : [];
  });
}

function writeValue(value: unknown, part: Part, errors: TreeErrors): Written {
  if (typeof value === 'string') return quote(value);
  if (typeof value !== 'object' || part.inside === undefined) return JSON.stringify(value);
  if (isTreeObject(value)) return part.inside(value, errors);
  if (!Array.isArray(value)) return 'null';
  const items: string[] = [];
  for (const item of value) {
    const written = writeValue(item, part, errors);
    if (typeof written !== 'string') return written;
    items.push(written);
  }
  return `[${items.join(',')}]`;
}

/** Writes objects by a list of parts. */
const objectWriter =
  (parts: readonly Part[]): ObjectWriter =>
  (object, errors) => {
    let text = '{';
    let isKnown = false;
    for (const part of parts) {
      const value = object[part.from];
      if (value == null && !errors.isEmpty) {
        // A field that failed by itself is null to who requires it, as its type says; one that was lost isn't known.
        const why = errors.at(object, part.from).filter(({ isLoss }) => isLoss);
        if (why.length > 0) return why;
      }
      // An input whose condition isn't met: so isn't that of the field which requires it.
      if (value === undefined) continue;
      const written = part.constant ?? writeValue(value, part, errors);
      if (typeof written !== 'string') return written;
      text += text === '{' ? part.head + written : `,${part.head}${written}`;
      isKnown ||= part.from !== '__typename';
    }
    return isKnown ? `${text}}` : undefined;
  };

/**
 * Compiles a fetch's `requires` and input rewrites. What is to be written depends on an object's type alone, and is worked
 * out once for each.
 */
export function compileRepresenter(
  requires: readonly QueryPlanSelectionNode[],
  rewrites: readonly FetchDataRewrite[],
  types: TypeRelations,
): Representer {
  function partOf(key: string, fields: readonly RequiredField[], applied: readonly FetchDataRewrite[]): Part {
    const nested = fields.flatMap((field) => field.selections ?? []);
    const here = applied.filter(({ path }) => path[0] === key);
    const setter = here.find((rewrite) => rewrite.kind === 'ValueSetter' && rewrite.path.length === 1);
    const renamer = here.find((rewrite) => rewrite.kind === 'KeyRenamer' && rewrite.path.length === 1);
    const inner = here.flatMap((rewrite) =>
      rewrite.path.length > 1 ? [{ ...rewrite, path: rewrite.path.slice(1) }] : [],
    );
    const name = renamer?.kind === 'KeyRenamer' ? renamer.renameKeyTo : key;
    return {
      head: `${quote(name)}:`,
      from: fields[0]?.from ?? key,
      constant: setter?.kind === 'ValueSetter' ? JSON.stringify(setter.setValueTo) : undefined,
      inside: nested.length > 0 ? writerFor(nested, inner) : undefined,
    };
  }

  function writerFor(nodes: readonly QueryPlanSelectionNode[], at: readonly FetchDataRewrite[]): ObjectWriter {
    const byType = new Map<unknown, ObjectWriter | undefined>();
    const compile = (typeName: string | undefined): ObjectWriter | undefined => {
      const applied = rewritesFor(at, typeName, types);
      const parts = [...flatten(nodes, typeName, types)].map(([key, fields]) => partOf(key, fields, applied));
      return parts.length > 0 ? objectWriter(parts) : undefined;
    };
    return (object, errors) => {
      const typeName = typeof object.__typename === 'string' ? object.__typename : undefined;
      let write = byType.get(typeName);
      if (write === undefined && !byType.has(typeName)) {
        write = compile(typeName);
        // Type names are a subgraph's words: what it makes up mustn't fill the memory.
        if (byType.size < MAX_TYPES) byType.set(typeName, write);
      }
      return write?.(object, errors);
    };
  }

  const root = writerFor(requires, rewrites);
  return {
    represent(object, errors) {
      if (typeof object.__typename !== 'string') return undefined;
      return root(object, errors);
    },
  };
}

/** Types remembered for one selection. */
const MAX_TYPES = 1_000;
