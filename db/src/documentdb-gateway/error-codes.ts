import { CommandError, ErrorCode, ErrorLabel } from './command-error.ts';
import { isConflict, PgError } from './pg-error.ts';

type MongoCode = readonly [code: number, name: string];

/** DocumentDB reports MongoDB's errors as SQLSTATE 'M' + a base-36 ordinal; these are the ordinals' meanings. */
const BY_ORDINAL: Readonly<Record<number, MongoCode>> = {
  0: [1, 'InternalError'],
  1: [2, 'BadValue'],
  2: [5, 'GraphContainsCycle'],
  3: [9, 'FailedToParse'],
  4: [14, 'TypeMismatch'],
  5: [15, 'Overflow'],
  6: [20, 'IllegalOperation'],
  8: [26, 'NamespaceNotFound'],
  9: [27, 'IndexNotFound'],
  10: [28, 'PathNotViable'],
  11: [31, 'RoleNotFound'],
  13: [40, 'ConflictingUpdateOperators'],
  14: [43, 'CursorNotFound'],
  15: [48, 'NamespaceExists'],
  16: [52, 'DollarPrefixedFieldName'],
  19: [56, 'EmptyFieldName'],
  20: [57, 'DottedFieldName'],
  22: [66, 'ImmutableField'],
  23: [67, 'CannotCreateIndex'],
  24: [68, 'IndexAlreadyExists'],
  25: [72, 'InvalidOptions'],
  26: [73, 'InvalidNamespace'],
  27: [85, 'IndexOptionsConflict'],
  28: [86, 'IndexKeySpecsConflict'],
  30: [115, 'CommandNotSupported'],
  32: [146, 'ExceededMemoryLimit'],
  35: [166, 'CommandNotSupportedOnView'],
  36: [167, 'OptionNotSupportedOnView'],
  38: [197, 'InvalidIndexSpecificationOption'],
  41: [241, 'ConversionFailure'],
  42: [263, 'OperationNotSupportedInTransaction'],
  43: [276, 'IndexBuildAborted'],
  44: [291, 'UnableToFindIndex'],
  47: [10334, 'BSONObjectTooLarge'],
  48: [11000, 'DuplicateKey'],
  53: [13113, 'MergeStageNoMatchingDocument'],
  262: [40185, 'Location40185'],
  281: [40323, 'Location40323'],
  282: [40324, 'UnrecognizedCommand'],
  296: [40415, 'UnknownBsonField'],
  456: [121, 'DocumentValidationFailure'],
  492: [16, 'InvalidLength'],
  511: [42501, 'InsufficientPrivilege'],
  525: [143, 'CursorInUse'],
  531: [13, 'Unauthorized'],
  535: [18, 'AuthenticationFailed'],
  536: [24, 'LockTimeout'],
  537: [50, 'MaxTimeMSExpired'],
  538: [59, 'CommandNotFound'],
  541: [112, 'WriteConflict'],
  542: [117, 'ConflictingOperationInProgress'],
  545: [225, 'TransactionTooOld'],
  546: [251, 'NoSuchTransaction'],
  547: [256, 'TransactionCommitted'],
  553: [171, 'CannotIndexParallelArrays'],
};

/** PostgreSQL's own conditions that have a counterpart. */
const BY_SQLSTATE: Readonly<Record<string, MongoCode>> = {
  '08006': [6, 'HostUnreachable'],
  '0A000': [115, 'CommandNotSupported'],
  '22023': [2, 'BadValue'],
  '22P02': [9, 'FailedToParse'],
  '23505': [11000, 'DuplicateKey'],
  '23P01': [11000, 'DuplicateKey'],
  '25P02': [251, 'NoSuchTransaction'],
  '25P03': [251, 'NoSuchTransaction'],
  '25P04': [251, 'NoSuchTransaction'],
  '40001': [112, 'WriteConflict'],
  '40P01': [112, 'WriteConflict'],
  '42501': [13, 'Unauthorized'],
  '42P01': [26, 'NamespaceNotFound'],
  '53100': [14031, 'OutOfDiskSpace'],
  '53300': [6, 'HostUnreachable'],
  '55P03': [112, 'WriteConflict'],
  '57014': [50, 'MaxTimeMSExpired'],
  '57P01': [91, 'ShutdownInProgress'],
  '57P02': [91, 'ShutdownInProgress'],
  '57P03': [91, 'ShutdownInProgress'],
};

const SERVER_LOST: ReadonlySet<number> = new Set([ErrorCode.HostUnreachable, ErrorCode.ShutdownInProgress]);
const TRANSIENT: ReadonlySet<number> = new Set([...SERVER_LOST, ErrorCode.WriteConflict, ErrorCode.NoSuchTransaction]);

/** MongoDB's code and name for a SQLSTATE. */
export function mongoCode(sqlState: string): MongoCode {
  if (sqlState.startsWith('M')) {
    return BY_ORDINAL[Number.parseInt(sqlState.slice(1), 36)] ?? [ErrorCode.BadValue, `DocumentDB${sqlState}`];
  }
  return BY_SQLSTATE[sqlState] ?? [8, `UnknownError${sqlState}`];
}

/** Inside replies a SQLSTATE arrives as a number, six bits a character (PostgreSQL's MAKE_SQLSTATE). */
export function mongoCodeOfPacked(packed: number): MongoCode {
  // Anything smaller cannot hold five characters: it is a MongoDB code already.
  if (packed <= 0xff_ff_ff) return [packed, `Location${packed}`];
  const letters = Array.from({ length: 5 }, (_, at) => String.fromCharCode(((packed >> (6 * at)) & 0x3f) + 48));
  return mongoCode(letters.join(''));
}

/** Turns whatever a command threw into what the client is told, with the labels that let the driver act on it. */
export function toCommandError(error: unknown, inTransaction: boolean): CommandError {
  const found = error instanceof CommandError ? error : fromOther(error);
  if (inTransaction) {
    const again = TRANSIENT.has(found.code) || found.nothingHappened;
    return again ? found.withLabels(ErrorLabel.TransientTransaction) : found;
  }
  const again = SERVER_LOST.has(found.code) || found.nothingHappened;
  return again ? found.withLabels(ErrorLabel.RetryableWrite) : found;
}

function fromOther(error: unknown): CommandError {
  if (isConflict(error)) return new CommandError(ErrorCode.WriteConflict, error.message);
  if (error instanceof PgError) {
    const [code, codeName] = mongoCode(error.code);
    return new CommandError(code, error.message, { codeName });
  }
  return new CommandError(ErrorCode.InternalError, error instanceof Error ? error.message : String(error));
}
