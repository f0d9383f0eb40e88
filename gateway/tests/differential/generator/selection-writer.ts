import {
  type ArgumentNode,
  type DirectiveNode,
  doTypesOverlap,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { ConditionChoice, SelectionChoice } from './choices.ts';
import { createFragmentReuse, fieldOf, takenBy } from './fragment-reuse.ts';
import { fits, type Scope, take } from './response-names.ts';
import type { Variables } from './variables.ts';

type FieldChoice = Extract<SelectionChoice, { kind: 'field' }>;
type FragmentChoice = Extract<SelectionChoice, { kind: 'fragment' }>;

const named = (value: string) => ({ kind: Kind.NAME, value }) as const;
const namedType = (value: string) => ({ kind: Kind.NAMED_TYPE, name: named(value) }) as const;

const TYPENAME: FieldChoice = {
  kind: 'field',
  name: '__typename',
  alias: undefined,
  args: {},
  conditions: { byVariable: false },
  selections: undefined,
};

/** Writes selections of one operation. */
export interface SelectionWriter {
  /** The fragments that were named so far. */
  readonly fragments: readonly FragmentDefinitionNode[];
  write(choices: readonly SelectionChoice[], parent: GraphQLCompositeType, scope: Scope): SelectionSetNode;
}

/** Makes the writer of one operation. */
export function createSelectionWriter(schema: GraphQLSchema, variables: Variables): SelectionWriter {
  const fragments: FragmentDefinitionNode[] = [];
  const reuse = createFragmentReuse(schema, fragments);
  let renamed = 0;

  function directives({ skip, include, byVariable }: ConditionChoice): DirectiveNode[] {
    return Object.entries({ skip, include }).flatMap(([name, condition]): DirectiveNode[] => {
      if (condition === undefined) return [];
      const value = byVariable ? variables.condition(condition) : ({ kind: Kind.BOOLEAN, value: condition } as const);
      return [
        { kind: Kind.DIRECTIVE, name: named(name), arguments: [{ kind: Kind.ARGUMENT, name: named('if'), value }] },
      ];
    });
  }

  function writeField({ name, alias, ...choice }: FieldChoice, parent: GraphQLCompositeType, scope: Scope): FieldNode {
    const definition = fieldOf(parent, name);
    const args = definition.args.flatMap((argument): ArgumentNode[] => {
      const chosen = choice.args[argument.name];
      const value = chosen && variables.syntaxOf(chosen, argument.type);
      return value ? [{ kind: Kind.ARGUMENT, name: named(argument.name), value }] : [];
    });
    const taken = takenBy(parent, name, args);
    const free = [alias, name].find((wish) => wish !== undefined && fits(scope, wish, taken));
    if (free === undefined) renamed += 1;
    const responseName = free ?? `${name}_${renamed}`;
    const below = take(scope, responseName, taken);
    const type = getNamedType(definition.type);
    return {
      kind: Kind.FIELD,
      name: named(name),
      ...(responseName === name ? {} : { alias: named(responseName) }),
      arguments: args,
      directives: directives(choice.conditions),
      ...(isCompositeType(type) ? { selectionSet: write(choice.selections ?? [], type, below) } : {}),
    };
  }

  function writeFragment(choice: FragmentChoice, parent: GraphQLCompositeType, scope: Scope): SelectionNode {
    const condition = choice.on === undefined ? parent : schema.getType(choice.on);
    if (!isCompositeType(condition)) throw new Error(`no type ${choice.on} for a fragment`);
    const conditions = directives(choice.conditions);
    const selectionSet = write(choice.selections, condition, scope);
    if (!choice.isNamed) {
      const typeCondition = choice.on === undefined ? {} : { typeCondition: namedType(choice.on) };
      return { kind: Kind.INLINE_FRAGMENT, ...typeCondition, directives: conditions, selectionSet };
    }
    const name = named(`F${fragments.length + 1}`);
    fragments.push({ kind: Kind.FRAGMENT_DEFINITION, name, typeCondition: namedType(condition.name), selectionSet });
    return { kind: Kind.FRAGMENT_SPREAD, name, directives: conditions };
  }

  function writeAgain(which: number, parent: GraphQLCompositeType, scope: Scope): SelectionNode[] {
    const fragment = fragments[which % Math.max(1, fragments.length)];
    const condition = fragment && schema.getType(fragment.typeCondition.name.value);
    const isPossible = fragment && isCompositeType(condition) && doTypesOverlap(schema, condition, parent);
    return isPossible && reuse(fragment, condition, scope) ? [{ kind: Kind.FRAGMENT_SPREAD, name: fragment.name }] : [];
  }

  function write(choices: readonly SelectionChoice[], parent: GraphQLCompositeType, scope: Scope): SelectionSetNode {
    const selections = choices.flatMap((choice): SelectionNode[] => {
      if (choice.kind === 'field') return [writeField(choice, parent, scope)];
      if (choice.kind === 'fragment') return [writeFragment(choice, parent, scope)];
      return writeAgain(choice.which, parent, scope);
    });
    if (selections.length === 0) selections.push(writeField(TYPENAME, parent, scope));
    return { kind: Kind.SELECTION_SET, selections };
  }

  return { fragments, write };
}
