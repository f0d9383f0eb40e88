import type { IncomingMessage } from 'node:http';
import { readBody } from '@postbook/service-kit/edge';

/** Reads bodies, and has them again for whoever comes to answer the request after all. */
export type RequestBodies = (request: IncomingMessage) => Promise<string>;

/** Makes a reader. Its promises reject with BodyTooLargeError past `maxBytes`. */
export function createRequestBodies(maxBytes: number): RequestBodies {
  const bodies = new WeakMap<IncomingMessage, Promise<string>>();
  return (request) => {
    const body = bodies.get(request) ?? readBody(request, maxBytes);
    bodies.set(request, body);
    return body;
  };
}
