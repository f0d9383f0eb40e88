/**
 * What an operation is planned under: the SHA-256 of its text in hexadecimal digits, as Apollo Server's `queryHash`; the name
 * by which it is chosen; and what was denied of it. The same whichever way it comes, so that it is planned once.
 */
export const operationKey = (textHash: string, operationName: string | null | undefined, deniedKey = ''): string =>
  `${textHash} ${operationName ?? ''} ${deniedKey}`;
