import { type GraphQLSchema, isInterfaceType, Kind } from 'graphql';

/** Tells which interfaces of a supergraph some subgraph knows as objects (`@interfaceObject`). */
export function interfaceObjectsOf(supergraph: GraphQLSchema): (typeName: string) => boolean {
  const names = new Set<string>();
  for (const type of Object.values(supergraph.getTypeMap())) {
    if (!isInterfaceType(type)) continue;
    const isObjectSomewhere = [type.astNode, ...type.extensionASTNodes].some((node) =>
      node?.directives?.some(
        ({ name, arguments: given }) =>
          name.value === 'join__type' &&
          given?.some(
            (argument) =>
              argument.name.value === 'isInterfaceObject' &&
              argument.value.kind === Kind.BOOLEAN &&
              argument.value.value,
          ),
      ),
    );
    if (isObjectSomewhere) names.add(type.name);
  }
  return (typeName) => names.has(typeName);
}
