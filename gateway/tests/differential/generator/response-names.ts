import {
  type GraphQLCompositeType,
  type GraphQLOutputType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

/** What is selected under one response name at one place. */
export interface Taken {
  readonly parent: GraphQLCompositeType;
  /** Field name and arguments as text. */
  readonly call: string;
  readonly shape: string;
}

/** The response names at one place of the answer, whichever fragments they are in. */
export interface Scope {
  readonly names: Map<string, { readonly taken: Taken[]; readonly below: Scope }>;
}

export const createScope = (): Scope => ({ names: new Map() });

/** Two selections under one response name must come out alike as far as this text tells. */
export function shapeText(type: GraphQLOutputType): string {
  if (isNonNullType(type)) return `${shapeText(type.ofType)}!`;
  if (isListType(type)) return `[${shapeText(type.ofType)}]`;
  return isCompositeType(type) ? 'object' : type.name;
}

/** Stricter than GraphQL's rule only below fields of types that exclude each other. */
function agree(a: Taken, b: Taken): boolean {
  if (a.shape !== b.shape) return false;
  const areExclusive = a.parent !== b.parent && isObjectType(a.parent) && isObjectType(b.parent);
  return areExclusive || a.call === b.call;
}

/** Whether a selection may have a response name. */
export const fits = (scope: Scope, name: string, selection: Taken): boolean =>
  scope.names.get(name)?.taken.every((other) => agree(other, selection)) ?? true;

/** Takes a response name that fits; the scope below is shared by all that have it. */
export function take(scope: Scope, name: string, selection: Taken): Scope {
  const entry = scope.names.get(name) ?? { taken: [], below: createScope() };
  scope.names.set(name, entry);
  entry.taken.push(selection);
  return entry.below;
}
