import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type FieldDefinitionNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  print,
} from 'graphql';
import { argumentOf } from '../canonical/directive-arguments.ts';
import { type ChainedField, chainedFields } from './chained-requirements.ts';
import { createRequirements, type Requirement, type RequirementsOfField } from './required-inputs.ts';

/** A supergraph made fit for the planner. */
export interface MendedSupergraph {
  readonly sdl: string;
  readonly isChanged: boolean;
  /** Required inputs under arguments, by the name of the field that stands for each in plans. */
  readonly requirements: ReadonlyMap<string, Requirement>;
  /** What each field needs, by `subgraph Type.field`. */
  readonly needs: ReadonlyMap<string, RequirementsOfField>;
  /** Those that require something and are required themselves, by `subgraph Type.field`. */
  readonly chained: ReadonlyMap<string, ChainedField>;
}

type FieldsNode = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

const isFieldsNode = (node: DefinitionNode): node is FieldsNode =>
  node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION;

/**
 * A key that a subgraph doesn't resolve is taken by the planner to come back to that subgraph all the same, when it is
 * the first; where there is another one, the planner need not know of it.
 */
function withoutDeadKeys<Node extends FieldsNode>(node: Node): Node {
  const keys = (node.directives ?? []).filter(({ name }) => name.value === 'join__type');
  const isAlive = (directive: ConstDirectiveNode) =>
    argumentOf(directive, 'key') !== undefined && argumentOf(directive, 'resolvable') !== 'false';
  const alive = new Set(keys.filter(isAlive).map((directive) => argumentOf(directive, 'graph')));
  const isDead = (directive: ConstDirectiveNode) =>
    directive.name.value === 'join__type' && !isAlive(directive) && alive.has(argumentOf(directive, 'graph'));
  const directives = (node.directives ?? []).filter((directive) => !isDead(directive));
  return directives.length === node.directives?.length ? node : { ...node, directives };
}

/** Names of subgraphs by the values of the enum that stands for them. */
function subgraphNames(definitions: readonly DefinitionNode[]): Map<string, string> {
  const graphs = definitions.find(
    (node) => node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === 'join__Graph',
  );
  const values = graphs?.kind === Kind.ENUM_TYPE_DEFINITION ? (graphs.values ?? []) : [];
  return new Map(
    values.map(({ name, directives = [] }) => {
      const join = directives.find((directive) => directive.name.value === 'join__graph');
      return [name.value, (join && argumentOf(join, 'name')) ?? name.value];
    }),
  );
}

/**
 * Mends what Apollo's planner gets wrong. An input that `@requires` takes under arguments is fetched by the planner under
 * the field's plain name, where it and the client's own selection overwrite each other: here a field without arguments
 * stands for each such input, and plans are printed with the real one.
 */
export function mendSupergraph(sdl: string): MendedSupergraph {
  const { definitions } = parse(sdl, { noLocation: true });
  const types = new Map(definitions.filter(isFieldsNode).map((node) => [node.name.value, node]));
  const names = subgraphNames(definitions);
  const { rewrite, requirements, added } = createRequirements(types);
  const needs = new Map<string, RequirementsOfField>();
  const texts = new Map<string, string>();
  let isChanged = false;

  function mendDirective(type: string, field: string, directive: ConstDirectiveNode): ConstDirectiveNode {
    const requires = directive.name.value === 'join__field' ? argumentOf(directive, 'requires') : undefined;
    if (requires === undefined) return directive;
    const { text, needed } = rewrite(type, requires);
    const graph = argumentOf(directive, 'graph') ?? '';
    const coordinate = `${names.get(graph) ?? graph} ${type}.${field}`;
    needs.set(coordinate, needed);
    texts.set(coordinate, text);
    if (text === requires) return directive;
    isChanged = true;
    const changed = (directive.arguments ?? []).map((argument) =>
      argument.name.value === 'requires'
        ? { ...argument, value: { kind: Kind.STRING, value: text } as const }
        : argument,
    );
    return { ...directive, arguments: changed };
  }

  const mendField = (type: string, field: FieldDefinitionNode): FieldDefinitionNode => ({
    ...field,
    directives: (field.directives ?? []).map((directive) => mendDirective(type, field.name.value, directive)),
  });

  const mended = definitions.map((node) => {
    if (!isFieldsNode(node)) return node;
    const keyed = withoutDeadKeys(node);
    isChanged ||= keyed !== node;
    return { ...keyed, fields: (node.fields ?? []).map((field) => mendField(node.name.value, field)) };
  });
  const chained = () => chainedFields({ types, names, needs, texts });
  if (!isChanged) return { sdl, isChanged, requirements, needs, chained: chained() };
  // What a field that stands for another requires itself was rewritten with the rest.
  const complete = mended.map((node) => {
    if (!isFieldsNode(node)) return node;
    const fields = (added.get(node.name.value) ?? []).map((field) => mendField(node.name.value, field));
    return { ...node, fields: [...(node.fields ?? []), ...fields] };
  });
  const text = print({ kind: Kind.DOCUMENT, definitions: complete });
  return { sdl: text, isChanged, requirements, needs, chained: chained() };
}
