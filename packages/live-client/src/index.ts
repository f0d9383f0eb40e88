export type { BackOff } from './back-off.ts';
export { FINAL_CLOSE_CODES, RESUMABLE_CODES } from './codes.ts';
export type { CursorRule } from './cursor.ts';
export { createLiveClient, type LiveClientOptions } from './live-client.ts';
export type { Interruption } from './resuming-subscription.ts';
export type { TokenSource } from './token-renewal.ts';
