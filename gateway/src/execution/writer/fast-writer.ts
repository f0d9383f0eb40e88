import {
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  type GraphQLLeafType,
  type GraphQLOutputType,
  type GraphQLSchema,
  GraphQLString,
  isEnumType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { SHARED } from '../tree/path-trie.ts';
import type { TreeObject } from '../tree/response-tree.ts';
import { quote } from './quote.ts';
import type { ObjectShape, ShapeField, ShapesByType } from './response-shape.ts';

/** Writes a tree that has nothing wrong in it. */
export interface FastWriter {
  /** The JSON text; undefined when something has to be said about the tree, which the careful writer does. */
  write(root: TreeObject): string | undefined;
}

type WriteObject = (value: TreeObject) => string;

/** Thrown where the tree isn't as the schema promises; it never leaves this module. */
const NOT_CLEAN = new Error('the tree has to be written with care');
const refuse = (): never => {
  throw NOT_CLEAN;
};

/** What generated code calls, besides its own constants. */
const runtime = {
  quote,
  refuse,
  any: (value: unknown): string => (typeof value === 'string' ? quote(value) : JSON.stringify(value)),
  plain: (value: unknown): value is TreeObject => typeof value === 'object' && value !== null && !Array.isArray(value),
};

/** Every text that comes from an operation or a schema goes into code through here, and nowhere else. */
const literal = (text: string): string => JSON.stringify(text);

/** Code of one function, with the constants that it refers to as `k[0]`, `k[1]`… */
interface FunctionCode {
  readonly lines: string[];
  readonly constants: unknown[];
}

function constant({ constants }: FunctionCode, value: unknown): string {
  constants.push(value);
  return `k[${constants.length - 1}]`;
}

function leafCode(type: GraphQLLeafType, value: string, code: FunctionCode): string {
  if (type === GraphQLString || type === GraphQLID) return `(typeof ${value}==='string'?r.quote(${value}):r.refuse())`;
  if (type === GraphQLInt) return `(${value}===(${value}|0)?''+${value}:r.refuse())`;
  if (type === GraphQLFloat) return `(Number.isFinite(${value})?''+${value}:r.refuse())`;
  if (type === GraphQLBoolean) return `(${value}===true?'true':${value}===false?'false':r.refuse())`;
  if (!isEnumType(type)) return `r.any(${value})`;
  const texts = new Map(type.getValues().map(({ name }) => [name, quote(name)]));
  return `(${constant(code, texts)}.get(${value})??r.refuse())`;
}

/**
 * Makes the writer of one shape of responses. Each type of object at each place gets a function of generated code, made
 * when the first object comes there, which is several times as fast as going through the shape.
 */
export function createFastWriter(
  schema: GraphQLSchema,
  shapes: ShapesByType,
  rootName: string,
  isInterfaceObject: (typeName: string) => boolean,
): FastWriter {
  /** Number of the writing under way: what was written of shared objects counts for one. */
  let writing = 0;

  /** The function for a place, which decides by type where several are possible. */
  function writerAt(field: ShapeField, expected: string): WriteObject {
    const type = schema.getType(expected);
    if (isObjectType(type)) return lazily(() => field.inside.of(expected));
    const writers = new Map<unknown, WriteObject>();
    const possible = new Set<unknown>(
      isInterfaceType(type) || (type !== undefined && 'getTypes' in type)
        ? schema.getPossibleTypes(type).map(({ name }) => name)
        : [],
    );
    if (isInterfaceType(type)) possible.add(expected);
    const fallback = isInterfaceObject(expected) ? expected : undefined;
    return (value) => {
      const name = value.__typename ?? fallback;
      const known = writers.get(name);
      if (known) return known(value);
      if (!possible.has(name)) return refuse();
      const made = lazily(() => field.inside.of(String(name)));
      writers.set(name, made);
      return made(value);
    };
  }

  function lazily(shapeOf: () => ObjectShape | undefined): WriteObject {
    let write: WriteObject | undefined;
    let written: Map<TreeObject, string> | undefined;
    let writtenIn = 0;
    return (value) => {
      write ??= compile(shapeOf() ?? refuse());
      if ((value as { [SHARED]?: true })[SHARED] !== true) return write(value);
      if (!written || writtenIn !== writing) written = new Map();
      writtenIn = writing;
      const known = written.get(value);
      if (known !== undefined) return known;
      const text = write(value);
      written.set(value, text);
      return text;
    };
  }

  /** An expression for the JSON text of a value that is neither null nor undefined. */
  function valueCode(type: GraphQLOutputType, value: string, field: ShapeField, code: FunctionCode): string {
    if (isNonNullType(type)) return valueCode(type.ofType, value, field, code);
    if (isListType(type)) return `${constant(code, listWriter(type.ofType, field))}(${value})`;
    if (isLeafType(type)) return leafCode(type, value, code);
    return `(r.plain(${value})?${constant(code, writerAt(field, type.name))}(${value}):r.refuse())`;
  }

  function nullableCode(type: GraphQLOutputType, value: string, field: ShapeField, code: FunctionCode): string {
    const whenNull = isNonNullType(type) ? 'r.refuse()' : `(${value}===null?'null':r.refuse())`;
    return `(${value}==null?${whenNull}:${valueCode(type, value, field, code)})`;
  }

  function listWriter(item: GraphQLOutputType, field: ShapeField): (list: unknown) => string {
    const code: FunctionCode = { lines: [], constants: [] };
    const text = nullableCode(item, 'v', field, code);
    return generate(
      `if(!Array.isArray(o))return r.refuse();if(o.length===0)return '[]';let v=o[0],s='['+${text};` +
        `for(let i=1;i<o.length;i++){v=o[i];s+=','+${text};}return s+']';`,
      code.constants,
    );
  }

  function compile(shape: ObjectShape): WriteObject {
    const code: FunctionCode = { lines: [], constants: [] };
    shape.fields.forEach((field, index) => {
      const head = literal(`${index === 0 ? '{' : ','}${quote(field.responseName)}:`);
      if (field.source === 'typename') {
        code.lines.push(
          `s+=${literal(`${index === 0 ? '{' : ','}${quote(field.responseName)}:${quote(shape.type.name)}`)};`,
        );
      } else if (field.source === 'tree') {
        code.lines.push(`v=o[${literal(field.key)}];s+=${head}+${nullableCode(field.type, 'v', field, code)};`);
      } else code.lines.push('return r.refuse();');
    });
    if (shape.fields.length === 0) return () => '{}';
    return generate(`let v,s='';${code.lines.join('')}return s+'}';`, code.constants);
  }

  const write = lazily(() => shapes.of(rootName));
  return {
    write(root) {
      writing += 1;
      try {
        return write(root);
      } catch (error) {
        if (error === NOT_CLEAN) return undefined;
        throw error;
      }
    },
  };
}

/** The one place where code is made: of fixed pieces, literals made by JSON.stringify, and names of constants. */
function generate<Value>(body: string, constants: readonly unknown[]): (value: Value) => string {
  return new Function('r', 'k', `return function(o){${body}}`)(runtime, constants) as (value: Value) => string;
}
