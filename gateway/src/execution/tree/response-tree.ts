/** An object of the response tree: what subgraphs answered, merged, under canonical names. */
export type TreeObject = Record<string, unknown>;

/** Whether a value of the tree is an object with fields. */
export const isTreeObject = (value: unknown): value is TreeObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a type is, among those of the supergraph. */
export interface TypeRelations {
  /** Whether an object of the type satisfies a type condition. */
  isOfType(typeName: string, condition: string): boolean;
  /** Whether it is the type of an object, not an interface that a subgraph knows as an object. */
  isConcrete(typeName: string): boolean;
}

/**
 * Merges what a subgraph answered into an object of the tree. Where subgraphs disagree about an object being there, `null`
 * wins: what is missing has an error, and half an object would hide it. A concrete type name is never replaced by that
 * of an interface, as a subgraph that knows the interface as an object answers with.
 */
export function mergeInto(target: TreeObject, source: TreeObject, types: TypeRelations): void {
  for (const key in source) {
    const value = source[key];
    const present = target[key];
    if (present === undefined) target[key] = value;
    else if (present === null || present === value) continue;
    else if (value === null) target[key] = null;
    else if (typeof value === 'object') mergeValue(present, value, types);
    else if (key !== '__typename' || types.isConcrete(String(value))) target[key] = value;
  }
}

function mergeValue(present: unknown, value: object, types: TypeRelations): void {
  if (Array.isArray(value)) {
    if (!Array.isArray(present)) return;
    for (let i = 0; i < value.length && i < present.length; i += 1) {
      if (present[i] === null || present[i] === value[i]) continue;
      if (value[i] === null) present[i] = null;
      else if (typeof value[i] === 'object') mergeValue(present[i], value[i], types);
    }
  } else if (isTreeObject(present)) mergeInto(present, value as TreeObject, types);
}
