import { type GraphQLSchema, isAbstractType, isInterfaceType, isObjectType } from 'graphql';
import type { TypeRelations } from './response-tree.ts';

/** Reads from a supergraph how its types relate, those that clients don't see among them. */
export function createTypeRelations(supergraph: GraphQLSchema): TypeRelations {
  const known = new Map<string, boolean>();

  function compare(typeName: string, condition: string): boolean {
    const type = supergraph.getType(typeName);
    const wanted = supergraph.getType(condition);
    if (!isAbstractType(wanted) || !(isObjectType(type) || isInterfaceType(type))) return false;
    return supergraph.isSubType(wanted, type);
  }

  return {
    isOfType(typeName, condition) {
      if (typeName === condition) return true;
      const type = supergraph.getType(typeName);
      // Subgraphs name types; only those that exist may be remembered, else memory would be in their hands.
      if (type === undefined) return false;
      const key = `${typeName} ${condition}`;
      const answer = known.get(key) ?? compare(typeName, condition);
      known.set(key, answer);
      return answer;
    },
    isConcrete: (typeName) => isObjectType(supergraph.getType(typeName)),
  };
}
