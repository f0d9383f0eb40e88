import fc from 'fast-check';
import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import type { JsonValue } from '../json.ts';
import type { InputChoice } from './choices.ts';

const OMITTED: InputChoice = { kind: 'omitted' };
const NULL: InputChoice = { kind: 'null' };

const text = fc.constantFrom('a', '', 'b"\\', 'é\n');
const leaf = (values: fc.Arbitrary<JsonValue>): fc.Arbitrary<InputChoice> =>
  values.map((value) => ({ kind: 'leaf', value }));

function leafValues(name: string): fc.Arbitrary<JsonValue> {
  switch (name) {
    case 'Int':
      return fc.constantFrom(1, 0, 2, -7, 2147483647);
    case 'Float':
      return fc.constantFrom(1, 0.5, -2e10);
    case 'Boolean':
      return fc.boolean();
    case 'ID':
      return fc.constantFrom<JsonValue>('1', 7, 'x y');
    case 'String':
      return text;
    default:
      return fc.constantFrom<JsonValue>('a', 1, false, [1, ['x']], { a: 1, b: { c: null } });
  }
}

/** Values of a type that contain no variable, not null at the top unless the type may be. */
function literal(
  type: GraphQLInputType,
  depth: number,
  inner: (type: GraphQLInputType) => fc.Arbitrary<InputChoice>,
  fieldChoice: (field: GraphQLInputField, depth: number) => fc.Arbitrary<InputChoice>,
): fc.Arbitrary<InputChoice> {
  if (isNonNullType(type)) return literal(type.ofType, depth, inner, fieldChoice);
  if (isListType(type)) return fc.array(inner(type.ofType), { maxLength: 2 }).map((items) => ({ kind: 'list', items }));
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).map((field) => [field.name, fieldChoice(field, depth - 1)] as const);
    return fc.record(Object.fromEntries(fields)).map((chosen) => ({ kind: 'object', fields: chosen }));
  }
  if (isEnumType(type)) return leaf(fc.constantFrom(...type.getValues().map(({ name }) => name)));
  return leaf(leafValues(type.name));
}

/** A value that a client may send in a variable: no variables inside. */
function constant(type: GraphQLInputType, depth: number): fc.Arbitrary<InputChoice> {
  const value = literal(type, depth, (item) => constant(item, depth), constantField);
  return isNonNullType(type)
    ? value
    : fc.oneof({ weight: 5, arbitrary: value }, { weight: 1, arbitrary: fc.constant(NULL) });
}

function constantField(field: GraphQLInputField, depth: number): fc.Arbitrary<InputChoice> {
  const isOptional = !isNonNullType(field.type) || field.defaultValue !== undefined;
  if (!isOptional) return constant(field.type, depth);
  if (depth <= 0) return fc.constant(OMITTED);
  return fc.oneof(fc.constant(OMITTED), constant(field.type, depth));
}

function variable(type: GraphQLInputType, depth: number, mayOmit: boolean): fc.Arbitrary<InputChoice> {
  const sent = constant(type, depth);
  const isOptional = !isNonNullType(type) || mayOmit;
  return fc.record({
    kind: fc.constant('variable' as const),
    sent: isOptional ? fc.oneof({ weight: 4, arbitrary: sent }, { weight: 1, arbitrary: fc.constant(OMITTED) }) : sent,
    standard: fc.oneof({ weight: 3, arbitrary: fc.constant(OMITTED) }, { weight: 1, arbitrary: sent }),
  });
}

function item(type: GraphQLInputType, depth: number): fc.Arbitrary<InputChoice> {
  const value = literal(type, depth, (inner) => item(inner, depth), inputChoice);
  const weighted = [
    { weight: 5, arbitrary: value },
    { weight: 1, arbitrary: variable(type, depth, false) },
  ];
  return fc.oneof(...weighted, ...(isNonNullType(type) ? [] : [{ weight: 1, arbitrary: fc.constant(NULL) }]));
}

/** Every way to give, or not to give, an argument or input field. */
export function inputChoice(place: GraphQLArgument | GraphQLInputField, depth = 2): fc.Arbitrary<InputChoice> {
  const { type, defaultValue } = place;
  const isOptional = !isNonNullType(type) || defaultValue !== undefined;
  if (depth <= 0 && isOptional) return fc.constant(OMITTED);
  const value = literal(type, depth, (inner) => item(inner, depth), inputChoice);
  return fc.oneof(
    ...(isOptional ? [{ weight: 3, arbitrary: fc.constant(OMITTED) }] : []),
    { weight: 3, arbitrary: value },
    { weight: 2, arbitrary: variable(type, depth, defaultValue !== undefined) },
    ...(isNonNullType(type) ? [] : [{ weight: 1, arbitrary: fc.constant(NULL) }]),
  );
}
