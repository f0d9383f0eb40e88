import type { JsonValue } from '../json.ts';

/** A value for an argument or input field, before variables have names. */
export type InputChoice =
  | { readonly kind: 'omitted' }
  | { readonly kind: 'null' }
  | { readonly kind: 'leaf'; readonly value: JsonValue }
  | { readonly kind: 'list'; readonly items: readonly InputChoice[] }
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, InputChoice>> }
  | {
      readonly kind: 'variable';
      /** What the client sends. */
      readonly sent: InputChoice;
      /** `omitted`: the variable has no default. */
      readonly standard: InputChoice;
    };

/** `@skip` and `@include`, if any. */
export interface ConditionChoice {
  readonly skip?: boolean | undefined;
  readonly include?: boolean | undefined;
  /** Whether the conditions are variables. */
  readonly byVariable: boolean;
}

/** A selection, before response names and fragments are settled. */
export type SelectionChoice =
  | {
      readonly kind: 'field';
      readonly name: string;
      /** The wished response name; another is taken where it can't be had. */
      readonly alias: string | undefined;
      readonly args: Readonly<Record<string, InputChoice>>;
      readonly conditions: ConditionChoice;
      readonly selections: readonly SelectionChoice[] | undefined;
    }
  | {
      readonly kind: 'fragment';
      /** The type condition; undefined for none. */
      readonly on: string | undefined;
      readonly isNamed: boolean;
      readonly conditions: ConditionChoice;
      readonly selections: readonly SelectionChoice[];
    }
  /** A fragment that was named before, once more, if it fits here. */
  | { readonly kind: 'again'; readonly which: number };

/** An operation to be. */
export interface OperationChoice {
  readonly operation: 'query' | 'mutation';
  readonly name: string | undefined;
  readonly selections: readonly SelectionChoice[];
}
