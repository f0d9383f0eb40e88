import { type ConstDirectiveNode, type GraphQLSchema, isInterfaceType } from 'graphql';
import { argumentOf } from './directive-arguments.ts';

/** Interfaces of a supergraph that some subgraph knows as objects (`@interfaceObject`). */
export interface InterfaceObjects {
  has(typeName: string): boolean;
  /** A field by which such a subgraph knows the objects, so that it costs no call of another; undefined when none is. */
  keyOf(typeName: string): string | undefined;
}

const isObjectSomewhere = (directive: ConstDirectiveNode): boolean =>
  directive.name.value === 'join__type' && argumentOf(directive, 'isInterfaceObject') === 'true';

/** Finds the interfaces that some subgraph knows as objects. */
export function interfaceObjectsOf(supergraph: GraphQLSchema): InterfaceObjects {
  const keys = new Map<string, string | undefined>();
  for (const type of Object.values(supergraph.getTypeMap())) {
    if (!isInterfaceType(type)) continue;
    const nodes = [type.astNode, ...type.extensionASTNodes];
    const joins = nodes.flatMap((node) => (node?.directives ?? []).filter(isObjectSomewhere));
    const fieldSets = joins.map((directive) => argumentOf(directive, 'key') ?? '');
    if (joins.length > 0)
      keys.set(
        type.name,
        fieldSets.find((text) => text in type.getFields()),
      );
  }
  return { has: (typeName) => keys.has(typeName), keyOf: (typeName) => keys.get(typeName) };
}
