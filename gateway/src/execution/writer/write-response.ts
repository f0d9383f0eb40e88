import {
  type GraphQLError,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { WrittenResult } from '../prepared-operation.ts';
import { isTreeObject, type TreeObject } from '../tree/response-tree.ts';
import type { Holder, TreeErrors } from '../tree/tree-errors.ts';
import { quote } from './quote.ts';
import type { ObjectShape, ShapeField, ShapesByType } from './response-shape.ts';
import {
  type ClientPath,
  clientError,
  FieldNotResolvedError,
  InvalidSubgraphAnswerError,
  ownError,
  UnauthorizedFieldError,
} from './write-errors.ts';

/** A `null` that is the field's own. */
const NULL = Symbol('null');
/** A `null` whose reason is among the errors. */
const FAILED = Symbol('failed');
/** A `null` that may not be: its parent becomes `null`. */
const BUBBLES = Symbol('bubbles');

type Written = string | typeof NULL | typeof FAILED | typeof BUBBLES;

/** Options of {@link writeResponse}. */
export interface WriteOptions {
  readonly schema: GraphQLSchema;
  readonly rootType: GraphQLObjectType;
  readonly shapes: ShapesByType;
  readonly root: TreeObject;
  readonly errors: TreeErrors;
  /** Whether some subgraph knows an interface as an object, and so can't tell the types of its objects. */
  readonly isInterfaceObject: (typeName: string) => boolean;
  /** JSON text of an introspection field. */
  readonly introspect: (field: ShapeField) => string;
}

/**
 * Writes a response exactly as graphql-js completes values: leaves are checked, a `null` that may not be takes its parent
 * with it, and each `null` that isn't the field's own has one error.
 */
export function writeResponse(options: WriteOptions): WrittenResult {
  const { schema, errors: treeErrors } = options;
  const errors: GraphQLError[] = [];
  /** Those that only say with what something was lost. */
  const losses = new Set<GraphQLError>();

  function fail(error: Error, path: ClientPath | undefined): typeof FAILED {
    errors.push(ownError(error, path));
    return FAILED;
  }

  function waiting(holder: Holder, key: string | number, field: ShapeField, path: ClientPath): boolean {
    const found = treeErrors.isEmpty ? [] : treeErrors.at(holder, key);
    for (const error of found) {
      const written = clientError(schema, error, field, path);
      if (error.isLoss) losses.add(written);
      errors.push(written);
    }
    return found.length > 0;
  }

  function complete(
    type: GraphQLOutputType,
    holder: Holder,
    key: string | number,
    field: ShapeField,
    coordinate: string,
    path: ClientPath,
  ): Written {
    if (isNonNullType(type)) {
      const written = complete(type.ofType, holder, key, field, coordinate, path);
      if (written === NULL) {
        fail(new InvalidSubgraphAnswerError(`Cannot return null for non-nullable field ${coordinate}.`), path);
      }
      return typeof written === 'string' ? written : BUBBLES;
    }
    const value = (holder as TreeObject)[key];
    if (waiting(holder, key, field, path)) return FAILED;
    if (value === null) return NULL;
    if (value === undefined) return fail(new FieldNotResolvedError(coordinate), path);
    if (isListType(type)) return list(type.ofType, value, field, coordinate, path);
    if (isLeafType(type)) return leaf(() => type.serialize(value), path);
    return object(type.name, value, field, coordinate, path);
  }

  function list(item: GraphQLOutputType, value: unknown, field: ShapeField, coordinate: string, path: ClientPath) {
    if (!Array.isArray(value)) {
      const message = `Expected Iterable, but did not find one for field "${coordinate}".`;
      return fail(new InvalidSubgraphAnswerError(message), path);
    }
    const items: string[] = [];
    for (let i = 0; i < value.length; i += 1) {
      const written = complete(item, value, i, field, coordinate, { above: path, key: i });
      if (written === BUBBLES) return FAILED;
      items.push(typeof written === 'string' ? written : 'null');
    }
    return `[${items.join(',')}]`;
  }

  function leaf(serialize: () => unknown, path: ClientPath): Written {
    try {
      const value = serialize();
      return typeof value === 'string' ? quote(value) : JSON.stringify(value);
    } catch (error) {
      return fail(new InvalidSubgraphAnswerError(error instanceof Error ? error.message : String(error)), path);
    }
  }

  /** The shape of an object where a type is expected; a string says what is wrong with it. */
  function shapeFor(expected: string, value: TreeObject, field: ShapeField, coordinate: string): ObjectShape | string {
    const type = schema.getType(expected);
    if (isObjectType(type)) return field.inside.of(expected) ?? `Type "${expected}" does not exist.`;
    const typeName = value.__typename ?? (options.isInterfaceObject(expected) ? expected : undefined);
    const must = `Abstract type "${expected}" must resolve to an Object type at runtime for field "${coordinate}".`;
    if (typeof typeName !== 'string') return must;
    // A subgraph that knows the interface as an object doesn't tell more, and nothing that was asked for needs it.
    const isItself = typeName === expected && isInterfaceType(type);
    const runtime = schema.getType(typeName);
    const isPossible =
      isObjectType(runtime) && type !== undefined && 'name' in type && isPossibleType(expected, runtime);
    return (isItself || isPossible ? field.inside.of(typeName) : undefined) ?? must;
  }

  function isPossibleType(expected: string, runtime: GraphQLObjectType): boolean {
    const type = schema.getType(expected);
    return isInterfaceType(type) || (type !== undefined && 'getTypes' in type)
      ? schema.isSubType(type, runtime)
      : false;
  }

  function object(expected: string, value: unknown, field: ShapeField, coordinate: string, path: ClientPath): Written {
    if (!isTreeObject(value)) {
      return fail(new InvalidSubgraphAnswerError(`Expected an object for field "${coordinate}".`), path);
    }
    const shape = shapeFor(expected, value, field, coordinate);
    if (typeof shape === 'string') return fail(new InvalidSubgraphAnswerError(shape), path);
    // Of an object whose type could not be learned, it isn't known either whether it can be there at all.
    if (shape.isTypeNeeded && waiting(value, '__typename', field, path)) return FAILED;
    return fields(shape, value, path);
  }

  function one(shape: ObjectShape, field: ShapeField, value: TreeObject, path: ClientPath): Written {
    const coordinate = `${shape.type.name}.${field.name}`;
    switch (field.source) {
      case 'typename':
        return quote(shape.type.name);
      case 'introspection':
        return options.introspect(field);
      case 'denied':
        fail(new UnauthorizedFieldError(), path);
        return isNonNullType(field.type) ? BUBBLES : FAILED;
      case 'tree':
        return complete(field.type, value, field.key, field, coordinate, path);
      default:
        return field.source satisfies never;
    }
  }

  function fields(shape: ObjectShape, value: TreeObject, above: ClientPath | undefined): Written {
    let text = '';
    let isGone = false;
    const from = errors.length;
    for (const field of shape.fields) {
      const written = one(shape, field, value, { above, key: field.responseName });
      isGone ||= written === BUBBLES;
      // What was lost tells nothing by itself: another field may have the reason.
      if (isGone && errors.slice(from).some((error) => !losses.has(error))) return dropLosses(from);
      text += `${text === '' ? '' : ','}${quote(field.responseName)}:${typeof written === 'string' ? written : 'null'}`;
    }
    return isGone ? FAILED : `{${text}}`;
  }

  function dropLosses(from: number): typeof FAILED {
    errors.push(...errors.splice(from).filter((error) => !losses.has(error)));
    return FAILED;
  }

  const shape = options.shapes.of(options.rootType.name);
  if (!shape) throw new Error('the root type is not in the schema');
  const written = fields(shape, options.root, undefined);
  return { data: typeof written === 'string' ? written : 'null', errors };
}
