import {
  type ConstValueNode,
  type GraphQLInputType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  Kind,
  type ObjectFieldNode,
  parseType,
  type ValueNode,
  type VariableDefinitionNode,
} from 'graphql';
import type { JsonValue } from '../json.ts';
import type { InputChoice } from './choices.ts';

const named = (value: string) => ({ kind: Kind.NAME, value }) as const;

/** The syntax of a JSON value. */
function jsonNode(value: JsonValue): ConstValueNode {
  if (value === null) return { kind: Kind.NULL };
  if (typeof value === 'string') return { kind: Kind.STRING, value };
  if (typeof value === 'boolean') return { kind: Kind.BOOLEAN, value };
  if (typeof value === 'number') return { kind: Number.isInteger(value) ? Kind.INT : Kind.FLOAT, value: String(value) };
  if (Array.isArray(value)) return { kind: Kind.LIST, values: value.map(jsonNode) };
  const fields = Object.entries(value).map(
    ([key, entry]) => ({ kind: Kind.OBJECT_FIELD, name: named(key), value: jsonNode(entry) }) as const,
  );
  return { kind: Kind.OBJECT, fields };
}

/** The JSON of a value without variables; undefined when it is left out. */
function jsonOf(choice: InputChoice): JsonValue | undefined {
  switch (choice.kind) {
    case 'omitted':
      return undefined;
    case 'null':
      return null;
    case 'leaf':
      return choice.value;
    case 'list':
      return choice.items.map((item) => jsonOf(item) ?? null);
    case 'object': {
      const fields = Object.entries(choice.fields).map(([name, field]) => [name, jsonOf(field)] as const);
      return Object.fromEntries(
        fields.filter((field): field is readonly [string, JsonValue] => field[1] !== undefined),
      );
    }
    case 'variable':
      return jsonOf(choice.sent);
  }
}

/** Gives values their syntax, and variables their names. */
export interface Variables {
  readonly definitions: readonly VariableDefinitionNode[];
  /** What the client sends. */
  readonly sent: Readonly<Record<string, JsonValue>>;
  /** The syntax of a value; undefined when it is left out. */
  syntaxOf(choice: InputChoice, type: GraphQLInputType): ValueNode | undefined;
  /** A variable for a condition. */
  condition(value: boolean): ValueNode;
}

export function createVariables(): Variables {
  const definitions: VariableDefinitionNode[] = [];
  const sent: Record<string, JsonValue> = {};

  function declare(type: string, value: JsonValue | undefined, standard: ConstValueNode | undefined): ValueNode {
    const variable = { kind: Kind.VARIABLE, name: named(`v${definitions.length + 1}`) } as const;
    definitions.push({
      kind: Kind.VARIABLE_DEFINITION,
      variable,
      type: parseType(type, { noLocation: true }),
      ...(standard ? { defaultValue: standard } : {}),
    });
    if (value !== undefined) sent[variable.name.value] = value;
    return variable;
  }

  function variable({ sent: chosen, standard }: Extract<InputChoice, { kind: 'variable' }>, type: GraphQLInputType) {
    const value = jsonOf(chosen);
    const byDefault = syntaxOf(standard, type) as ConstValueNode | undefined;
    // Left out without a default of its own, it leaves the place to the place's default.
    const isLoose = value === undefined && !byDefault;
    return declare(String(isLoose ? getNullableType(type) : type), value, byDefault);
  }

  function syntaxOf(choice: InputChoice, type: GraphQLInputType): ValueNode | undefined {
    const inner = isNonNullType(type) ? type.ofType : type;
    switch (choice.kind) {
      case 'omitted':
        return undefined;
      case 'null':
        return { kind: Kind.NULL };
      case 'variable':
        return variable(choice, type);
      case 'leaf':
        return isEnumType(inner) ? { kind: Kind.ENUM, value: String(choice.value) } : jsonNode(choice.value);
      case 'list': {
        const item = isListType(inner) ? inner.ofType : inner;
        return { kind: Kind.LIST, values: choice.items.map((entry) => syntaxOf(entry, item) ?? { kind: Kind.NULL }) };
      }
      case 'object': {
        const types = isInputObjectType(inner) ? inner.getFields() : {};
        const fields = Object.entries(choice.fields).flatMap(([name, field]): ObjectFieldNode[] => {
          const place = types[name];
          const value = place && syntaxOf(field, place.type);
          return value ? [{ kind: Kind.OBJECT_FIELD, name: named(name), value }] : [];
        });
        return { kind: Kind.OBJECT, fields };
      }
    }
  }

  return { definitions, sent, syntaxOf, condition: (value) => declare('Boolean!', value, undefined) };
}
