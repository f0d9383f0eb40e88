/** Why an upload was not taken; `code` is for programs, the message for people. */
export class UploadRefusedError extends Error {
  override readonly name = 'UploadRefusedError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The reasons, each with its HTTP status. */
export const refusals = {
  notSigned: () => new UploadRefusedError(403, 'INVALID_SIGNATURE', 'The URL is not one that was given out.'),
  expired: () => new UploadRefusedError(403, 'EXPIRED', 'The URL is too old. Ask for a new one.'),
  unknown: () => new UploadRefusedError(404, 'NOT_FOUND', 'No upload is awaited here.'),
  alreadyIn: () => new UploadRefusedError(409, 'ALREADY_DONE', 'The file has come in already.'),
  underWay: () => new UploadRefusedError(409, 'UNDER_WAY', 'Another upload of this file is under way.'),
  tooLarge: () =>
    new UploadRefusedError(413, 'TOO_LARGE', 'The file is larger than announced, or than its type may be.'),
  tooSmall: () => new UploadRefusedError(400, 'TRUNCATED', 'The file is smaller than announced.'),
  unsupported: () => new UploadRefusedError(415, 'UNSUPPORTED_TYPE', 'Files of this type are not taken.'),
  stalled: () => new UploadRefusedError(408, 'STALLED', 'Nothing came for too long.'),
  busy: () => new UploadRefusedError(503, 'BUSY', 'Too many uploads at once. Retry after a moment.'),
} as const;
