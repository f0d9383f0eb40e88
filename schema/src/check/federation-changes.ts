import { type DirectiveNode, type DocumentNode, type ObjectTypeDefinitionNode, parse, visit } from 'graphql';
import type { SchemaChange } from './schema-change.ts';

/** Each subgraph's SDL, by name. */
export type SubgraphSdls = ReadonlyMap<string, string>;

/** What gateways rely on when they call a subgraph. */
interface SubgraphFacts {
  /** Entities by the key they can be asked for, such as `User(id)`. */
  readonly keys: ReadonlySet<string>;
  /** Fields that it answers, such as `User.displayName`. */
  readonly fields: ReadonlySet<string>;
  /** Those among them that a plan may start with: fields of entities and root types. */
  readonly entryFields: ReadonlySet<string>;
}

const ROOT_TYPES = new Set(['Query', 'Mutation', 'Subscription']);

const hasDirective = (node: { readonly directives?: readonly DirectiveNode[] }, name: string) =>
  (node.directives ?? []).some((directive) => directive.name.value === name);

function argumentOf(directive: DirectiveNode, name: string): string | boolean | undefined {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  return value?.kind === 'StringValue' || value?.kind === 'BooleanValue' ? value.value : undefined;
}

function keysOf(type: Pick<ObjectTypeDefinitionNode, 'name' | 'directives'>): string[] {
  return (type.directives ?? [])
    .filter(({ name }) => name.value === 'key')
    .filter((directive) => argumentOf(directive, 'resolvable') !== false)
    .map(
      (directive) => `${type.name.value}(${String(argumentOf(directive, 'fields')).trim().replaceAll(/\s+/g, ' ')})`,
    );
}

type FieldsOwner = Pick<ObjectTypeDefinitionNode, 'name' | 'directives' | 'fields'>;

const answeredFields = ({ name, fields }: FieldsOwner) =>
  (fields ?? [])
    .filter((field) => !hasDirective(field, 'external'))
    .map((field) => `${name.value}.${field.name.value}`);

function factsOf(document: DocumentNode): SubgraphFacts {
  const owners: FieldsOwner[] = [];
  const note = (type: FieldsOwner) => void owners.push(type);
  visit(document, {
    ObjectTypeDefinition: note,
    ObjectTypeExtension: note,
    InterfaceTypeDefinition: note,
    InterfaceTypeExtension: note,
  });
  // The key may be on another part of the type than the field.
  const entities = new Set(owners.filter((type) => hasDirective(type, 'key')).map(({ name }) => name.value));
  const entries = owners.filter(({ name }) => ROOT_TYPES.has(name.value) || entities.has(name.value));
  return {
    keys: new Set(owners.flatMap(keysOf)),
    fields: new Set(owners.flatMap(answeredFields)),
    entryFields: new Set(entries.flatMap(answeredFields)),
  };
}

const factsBySubgraph = (sdls: SubgraphSdls) => new Map([...sdls].map(([name, sdl]) => [name, factsOf(parse(sdl))]));

const change = (severity: 'breaking' | 'dangerous', type: string, path: string, message: string): SchemaChange => ({
  severity,
  type,
  path,
  message,
  usedBy: [],
});

/**
 * What changed for gateways that still run with the released supergraph, while the services are deployed one by one.
 *
 * @param removedFromApi fields that clients lose altogether; these are reported as changes of the API.
 */
export function findFederationChanges(
  released: SubgraphSdls,
  current: SubgraphSdls,
  removedFromApi: ReadonlySet<string>,
): SchemaChange[] {
  const facts = factsBySubgraph(current);
  return [...factsBySubgraph(released)].flatMap(([name, before]) => {
    const now = facts.get(name);
    if (!now) {
      const message = `Subgraph '${name}' was removed: gateways with the released supergraph still call it`;
      return [change('breaking', 'SUBGRAPH_REMOVED', name, message)];
    }
    const keys = [...before.keys].filter((key) => !now.keys.has(key));
    const fields = [...before.entryFields].filter((field) => !now.fields.has(field) && !removedFromApi.has(field));
    return [
      ...keys.map((key) => {
        const message = `Subgraph '${name}' no longer resolves '${key}': gateways with the released supergraph ask for it`;
        return change('breaking', 'ENTITY_KEY_REMOVED', `${name}.${key}`, message);
      }),
      ...fields.map((field) => {
        const message = `Subgraph '${name}' no longer answers '${field}': deploy it after all gateways have the new supergraph`;
        return change('dangerous', 'FIELD_LEFT_SUBGRAPH', `${name}.${field}`, message);
      }),
    ];
  });
}
