import {
  type ConstDirectiveNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
} from 'graphql';

const directivesOf = (node: { readonly directives?: readonly ConstDirectiveNode[] } | undefined | null, name: string) =>
  node?.directives?.filter((directive) => directive.name.value === name) ?? [];

/** An argument of a directive, when it is an enum value, a string or a boolean. */
function argumentOf(directive: ConstDirectiveNode, name: string): string | boolean | undefined {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  return value && 'value' in value ? value.value : undefined;
}

/** Whether a node carries a directive. */
export const isMarked = (
  node: { readonly directives?: readonly ConstDirectiveNode[] } | undefined | null,
  directive: string,
): boolean => directivesOf(node, directive).length > 0;

/** The supergraph's name for a subgraph, such as CHATS for `chats`. */
export function graphNameOf(supergraph: GraphQLSchema, service: string): string | undefined {
  const graphs = supergraph.getType('join__Graph');
  if (!graphs || !('getValues' in graphs)) return undefined;
  return graphs
    .getValues()
    .find(({ astNode }) => directivesOf(astNode, 'join__graph').some((join) => argumentOf(join, 'name') === service))
    ?.name;
}

/** The supergraph's names of the subgraphs that have a type. */
export const graphsOf = (type: GraphQLNamedType): ReadonlySet<unknown> =>
  new Set(directivesOf(type.astNode, 'join__type').map((join) => argumentOf(join, 'graph')));

/** The names of the fields that a type is known by: those at the top of its keys. */
export function keyFieldsOf(type: GraphQLNamedType): ReadonlySet<string> {
  const keys = directivesOf(type.astNode, 'join__type').map((join) => argumentOf(join, 'key'));
  const flat = keys.filter((key) => typeof key === 'string' && !key.includes('{')) as string[];
  return new Set(flat.flatMap((key) => key.split(/\s+/).filter((name) => name !== '')));
}

/** A field of a type, when the subgraph has it and answers it itself. */
export function fieldIn(
  type: GraphQLNamedType,
  name: string,
  graph: string,
): GraphQLField<unknown, unknown> | undefined {
  if (!isObjectType(type) && !isInterfaceType(type)) return undefined;
  const field = type.getFields()[name];
  if (!field || !graphsOf(type).has(graph)) return undefined;
  const joins = directivesOf(field.astNode, 'join__field');
  const isThere = joins.some((join) => {
    const of = argumentOf(join, 'graph');
    return (of === undefined || of === graph) && argumentOf(join, 'external') !== true;
  });
  return joins.length === 0 || isThere ? field : undefined;
}
