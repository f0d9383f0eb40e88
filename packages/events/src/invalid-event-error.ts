/** Thrown when a value is not an event of the catalogue. `cause` holds the validator's findings. */
export class InvalidEventError extends Error {
  override readonly name = 'InvalidEventError';
}
