import type { ConstDirectiveNode, InterfaceTypeDefinitionNode, ObjectTypeDefinitionNode } from 'graphql';
import { Kind } from 'graphql';
import { argumentOf } from '../canonical/directive-arguments.ts';
import type { RequirementsOfField } from './required-inputs.ts';

/** A field with requirements that another field requires. */
export interface ChainedField {
  /** Its own requirements, as a field set. */
  readonly inputs: string;
  /** A key by which its subgraph finds the object, as a field set. */
  readonly key: string;
  /** Whether the supergraph knows its type as an interface, though the subgraph may know an object. */
  readonly isInterface: boolean;
}

/** Options of {@link chainedFields}. */
export interface ChainedFieldsOptions {
  readonly types: ReadonlyMap<string, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode>;
  /** Names of subgraphs by the values of the enum that stands for them. */
  readonly names: ReadonlyMap<string, string>;
  readonly needs: ReadonlyMap<string, RequirementsOfField>;
  /** Requirements as field sets, by `subgraph Type.field`. */
  readonly texts: ReadonlyMap<string, string>;
}

const livingKey = (directive: ConstDirectiveNode): string | undefined =>
  directive.name.value === 'join__type' && argumentOf(directive, 'resolvable') !== 'false'
    ? argumentOf(directive, 'key')
    : undefined;

/** Finds fields that require something and are required themselves, by `subgraph Type.field`. */
export function chainedFields({ types, names, needs, texts }: ChainedFieldsOptions): Map<string, ChainedField> {
  const required = new Set([...needs.values()].flatMap((needed) => [...needed.values()]));
  const chained = new Map<string, ChainedField>();
  for (const [coordinate, inputs] of texts) {
    const [, subgraph, type = '', field = ''] = /^(.*) (\w+)\.(\w+)$/.exec(coordinate) ?? [];
    const node = types.get(type);
    if (!node || !required.has(field)) continue;
    const keys = (node.directives ?? []).flatMap((directive) => {
      const graph = argumentOf(directive, 'graph') ?? '';
      return (names.get(graph) ?? graph) === subgraph ? (livingKey(directive) ?? []) : [];
    });
    const [key] = keys;
    const isInterface = node.kind === Kind.INTERFACE_TYPE_DEFINITION;
    if (key !== undefined) chained.set(coordinate, { inputs, key, isInterface });
  }
  return chained;
}
