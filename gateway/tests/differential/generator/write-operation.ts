import {
  type ArgumentNode,
  type DirectiveNode,
  type DocumentNode,
  doTypesOverlap,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isUnionType,
  Kind,
  OperationTypeNode,
  print,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';
import type { ClientRequest } from '../reference.ts';
import type { ConditionChoice, OperationChoice, SelectionChoice } from './choices.ts';
import { createScope, fits, type Scope, shapeText, take } from './response-names.ts';
import { createVariables } from './variables.ts';

const named = (value: string) => ({ kind: Kind.NAME, value }) as const;
const namedType = (value: string) => ({ kind: Kind.NAMED_TYPE, name: named(value) }) as const;

const META = [SchemaMetaFieldDef, TypeMetaFieldDef, TypeNameMetaFieldDef];

function fieldOf(type: GraphQLCompositeType, name: string): GraphQLField<unknown, unknown> {
  const field = META.find((meta) => meta.name === name) ?? (isUnionType(type) ? undefined : type.getFields()[name]);
  if (!field) throw new Error(`${type.name} has no field ${name}`);
  return field;
}

/** The field and its arguments, which selections under one name must share. */
const callText = (name: string, args: readonly ArgumentNode[]): string => `${name}(${args.map(print).join(', ')})`;

/** Writes the operation that was chosen: the same choice, the same text. It is always valid. */
export function writeOperation(schema: GraphQLSchema, choice: OperationChoice): ClientRequest {
  const variables = createVariables();
  const fragments: FragmentDefinitionNode[] = [];
  let renamed = 0;

  function directives({ skip, include, byVariable }: ConditionChoice): DirectiveNode[] {
    const directive = (name: string, value: boolean): DirectiveNode => ({
      kind: Kind.DIRECTIVE,
      name: named(name),
      arguments: [
        {
          kind: Kind.ARGUMENT,
          name: named('if'),
          value: byVariable ? variables.condition(value) : { kind: Kind.BOOLEAN, value },
        },
      ],
    });
    return [
      ...(skip === undefined ? [] : [directive('skip', skip)]),
      ...(include === undefined ? [] : [directive('include', include)]),
    ];
  }

  function writeField(
    choice: Extract<SelectionChoice, { kind: 'field' }>,
    parent: GraphQLCompositeType,
    scope: Scope,
  ): FieldNode {
    const definition = fieldOf(parent, choice.name);
    const args = definition.args.flatMap((argument): ArgumentNode[] => {
      const chosen = choice.args[argument.name];
      const value = chosen && variables.syntaxOf(chosen, argument.type);
      return value ? [{ kind: Kind.ARGUMENT, name: named(argument.name), value }] : [];
    });
    const selection = { parent, call: callText(choice.name, args), shape: shapeText(definition.type) };
    const wish = [choice.alias, choice.name].find((name) => name !== undefined && fits(scope, name, selection));
    if (wish === undefined) renamed += 1;
    const responseName = wish ?? `${choice.name}_${renamed}`;
    const below = take(scope, responseName, selection);
    const type = getNamedType(definition.type);
    return {
      kind: Kind.FIELD,
      name: named(choice.name),
      ...(responseName === choice.name ? {} : { alias: named(responseName) }),
      arguments: args,
      directives: directives(choice.conditions),
      ...(isCompositeType(type) ? { selectionSet: writeSelections(choice.selections ?? [], type, below) } : {}),
    };
  }

  function writeFragment(
    choice: Extract<SelectionChoice, { kind: 'fragment' }>,
    parent: GraphQLCompositeType,
    scope: Scope,
  ): SelectionNode {
    const condition = choice.on === undefined ? parent : schema.getType(choice.on);
    if (!isCompositeType(condition)) throw new Error(`no type ${choice.on} for a fragment`);
    const conditions = directives(choice.conditions);
    const selectionSet = writeSelections(choice.selections, condition, scope);
    if (!choice.isNamed) {
      const typeCondition = choice.on === undefined ? {} : { typeCondition: namedType(choice.on) };
      return { kind: Kind.INLINE_FRAGMENT, ...typeCondition, directives: conditions, selectionSet };
    }
    const name = named(`F${fragments.length + 1}`);
    fragments.push({ kind: Kind.FRAGMENT_DEFINITION, name, typeCondition: namedType(condition.name), selectionSet });
    return { kind: Kind.FRAGMENT_SPREAD, name, directives: conditions };
  }

  /** Calls back for what a selection set would put into a scope; false from the callback ends it. */
  function replay(
    { selections }: SelectionSetNode,
    parent: GraphQLCompositeType,
    scope: Scope | undefined,
    visit: (scope: Scope | undefined, name: string, selection: Parameters<typeof take>[2]) => Scope | undefined | false,
  ): boolean {
    return selections.every((node) => {
      if (node.kind === Kind.FIELD) {
        const definition = fieldOf(parent, node.name.value);
        const call = callText(node.name.value, node.arguments ?? []);
        const name = (node.alias ?? node.name).value;
        const below = visit(scope, name, { parent, call, shape: shapeText(definition.type) });
        const type = getNamedType(definition.type);
        if (below === false) return false;
        return !node.selectionSet || !isCompositeType(type) || replay(node.selectionSet, type, below, visit);
      }
      const fragment =
        node.kind === Kind.FRAGMENT_SPREAD ? fragments.find(({ name }) => name.value === node.name.value) : node;
      const condition = fragment?.typeCondition ? schema.getType(fragment.typeCondition.name.value) : parent;
      return !fragment || !isCompositeType(condition) || replay(fragment.selectionSet, condition, scope, visit);
    });
  }

  function writeAgain(which: number, parent: GraphQLCompositeType, scope: Scope): SelectionNode[] {
    const fragment = fragments[which % Math.max(1, fragments.length)];
    const condition = fragment && schema.getType(fragment.typeCondition.name.value);
    if (!fragment || !isCompositeType(condition) || !doTypesOverlap(schema, condition, parent)) return [];
    const isFree = replay(fragment.selectionSet, condition, scope, (place, name, selection) =>
      place && !fits(place, name, selection) ? false : place?.names.get(name)?.below,
    );
    if (!isFree) return [];
    replay(fragment.selectionSet, condition, scope, (place, name, selection) => place && take(place, name, selection));
    return [{ kind: Kind.FRAGMENT_SPREAD, name: fragment.name }];
  }

  function writeSelections(
    choices: readonly SelectionChoice[],
    parent: GraphQLCompositeType,
    scope: Scope,
  ): SelectionSetNode {
    const selections = choices.flatMap((selection): SelectionNode[] => {
      if (selection.kind === 'field') return [writeField(selection, parent, scope)];
      if (selection.kind === 'fragment') return [writeFragment(selection, parent, scope)];
      return writeAgain(selection.which, parent, scope);
    });
    if (selections.length > 0) return { kind: Kind.SELECTION_SET, selections };
    const typename = {
      kind: 'field',
      name: '__typename',
      alias: undefined,
      args: {},
      conditions: { byVariable: false },
      selections: undefined,
    } as const;
    return { kind: Kind.SELECTION_SET, selections: [writeField(typename, parent, scope)] };
  }

  const root = choice.operation === 'query' ? schema.getQueryType() : schema.getMutationType();
  if (!root) throw new Error(`the schema has no ${choice.operation}`);
  const selectionSet = writeSelections(choice.selections, root, createScope());
  const document: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [
      {
        kind: Kind.OPERATION_DEFINITION,
        operation: choice.operation === 'query' ? OperationTypeNode.QUERY : OperationTypeNode.MUTATION,
        ...(choice.name === undefined ? {} : { name: named(choice.name) }),
        variableDefinitions: variables.definitions,
        selectionSet,
      },
      ...fragments,
    ],
  };
  return { document, query: print(document), variables: variables.sent, operationName: choice.name };
}
