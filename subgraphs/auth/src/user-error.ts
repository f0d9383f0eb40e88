import type { UserErrorCode } from './generated/resolver-types.ts';

/** A reason why a mutation changed nothing, as the graph's `UserError`. */
export interface UserErrorValue {
  readonly code: UserErrorCode;
  /** What is wrong and what to do. Never contains what was entered. */
  readonly message: string;
  /** The input field it is about; empty when it is about the whole. */
  readonly path: readonly string[];
}

/** Makes a reason about a field of the mutation's `input`, or about the whole without a field. */
export const userError = (code: UserErrorCode, message: string, field?: string): UserErrorValue => ({
  code,
  message,
  path: field === undefined ? [] : ['input', field],
});
