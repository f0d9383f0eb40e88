import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** What a client may ask for in one operation. Beyond it the gateway refuses the operation before it is planned. */
export interface OperationLimits {
  /** Deepest nesting of fields, introspection aside. */
  readonly depth: number;
  /** Fields at the root, fragments spread. */
  readonly rootFields: number;
  /** Aliases, fragments spread. */
  readonly aliases: number;
  /** Fields altogether, fragments spread: small documents can unfold into millions of them. */
  readonly fields: number;
  /** Directives altogether, fragments spread. */
  readonly directives: number;
  /** Directives at one place: a field, a fragment, a variable, the operation itself. Validation compares each with each. */
  readonly directivesAtOnce: number;
  /** Tokens of the document, before anything else looks at it. */
  readonly tokens: number;
}

/** What the gateway gives unless it is told otherwise; the schema check holds every client operation to it. */
export const DEFAULT_OPERATION_LIMITS: OperationLimits = {
  depth: 15,
  rootFields: 20,
  aliases: 60,
  fields: 1_000,
  directives: 100,
  directivesAtOnce: 10,
  tokens: 4_000,
};

/** How big an operation is once its fragments are spread. */
export type OperationSize = Readonly<Record<Exclude<keyof OperationLimits, 'tokens'>, number>>;

/** A limit that an operation exceeds. */
export interface ExceededLimit {
  readonly limit: keyof OperationSize;
  readonly maximum: number;
  readonly actual: number;
}

const NOTHING: OperationSize = { depth: 0, aliases: 0, fields: 0, rootFields: 0, directives: 0, directivesAtOnce: 0 };

/** Side by side: what is a maximum stays one, everything else adds up. Far beyond any limit, doubles stay exact enough. */
const beside = (a: OperationSize, b: OperationSize): OperationSize => ({
  depth: Math.max(a.depth, b.depth),
  aliases: a.aliases + b.aliases,
  fields: a.fields + b.fields,
  rootFields: a.rootFields + b.rootFields,
  directives: a.directives + b.directives,
  directivesAtOnce: Math.max(a.directivesAtOnce, b.directivesAtOnce),
});

/** The same size with the directives of one more place. */
function withDirectives(size: OperationSize, { directives }: { readonly directives?: readonly unknown[] | undefined }) {
  const count = directives?.length ?? 0;
  return count === 0 ? size : beside(size, { ...NOTHING, directives: count, directivesAtOnce: count });
}

const isIntrospection = (name: string) => name === '__schema' || name === '__type';

/**
 * Measures without unfolding: each fragment is measured once, so a document whose fragments double at every level costs
 * as much as its text is long. Introspection is answered by the gateway itself and isn't counted.
 */
function createMeter(document: DocumentNode) {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  const measured = new Map<string, OperationSize>();

  function fragmentSize(name: string): OperationSize {
    const known = measured.get(name);
    if (known) return known;
    // A fragment that spreads itself is counted as nothing here; validation refuses it.
    measured.set(name, NOTHING);
    const fragment = fragments.get(name);
    const size = fragment ? withDirectives(sizeOf(fragment.selectionSet), fragment) : NOTHING;
    measured.set(name, size);
    return size;
  }

  function sizeOfField(field: FieldNode): OperationSize {
    if (isIntrospection(field.name.value)) return NOTHING;
    const inner = field.selectionSet ? sizeOf(field.selectionSet) : NOTHING;
    return {
      ...inner,
      depth: inner.depth + 1,
      aliases: inner.aliases + (field.alias ? 1 : 0),
      fields: inner.fields + 1,
      rootFields: 1,
    };
  }

  function sizeOfSelection(selection: SelectionNode): OperationSize {
    switch (selection.kind) {
      case Kind.FRAGMENT_SPREAD:
        return fragmentSize(selection.name.value);
      case Kind.INLINE_FRAGMENT:
        return sizeOf(selection.selectionSet);
      case Kind.FIELD:
        return sizeOfField(selection);
      default:
        return selection satisfies never;
    }
  }

  function sizeOf(set: SelectionSetNode): OperationSize {
    let size = NOTHING;
    for (const selection of set.selections) size = beside(size, withDirectives(sizeOfSelection(selection), selection));
    return size;
  }

  return (operation: OperationDefinitionNode) => {
    const size = withDirectives(sizeOf(operation.selectionSet), operation);
    return (operation.variableDefinitions ?? []).reduce(withDirectives, size);
  };
}

/** How big the document's operations are, in their order. */
export function measureOperations(document: DocumentNode): OperationSize[] {
  const measure = createMeter(document);
  return document.definitions.flatMap((node) => (node.kind === Kind.OPERATION_DEFINITION ? [measure(node)] : []));
}

/** In the order in which they are told of. */
const LIMITS = ['depth', 'rootFields', 'aliases', 'fields', 'directives', 'directivesAtOnce'] as const;

/** The first limit that an operation of the document exceeds, if one does. Tokens are counted when it is parsed. */
export function findExceededLimit(document: DocumentNode, limits: OperationLimits): ExceededLimit | undefined {
  for (const size of measureOperations(document)) {
    for (const limit of LIMITS) {
      if (size[limit] > limits[limit]) return { limit, maximum: limits[limit], actual: size[limit] };
    }
  }
  return undefined;
}
