import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { runHttpLoad } from '../src/load/http-load.ts';

let server: Server;

async function serve(answer: (body: string) => { status?: number; text: string }): Promise<string> {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const { status = 200, text } = answer(body);
      response.writeHead(status).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

afterEach(() => new Promise((resolve) => server.close(resolve)));

const load = { bodies: ['one', 'three', 'fourteen'], sizes: [3, 5, 8], first: 1, connections: 3, durationMs: 50 };

describe('a load', () => {
  it('sends bodies in turn and counts each answer', async () => {
    const bodies: string[] = [];
    const url = await serve((body) => {
      bodies.push(body);
      return { text: body };
    });
    const result = await runHttpLoad({ url, ...load });
    expect(result.wrong).toBe(0);
    expect(result.requests).toBe(bodies.length);
    expect(result.latenciesMs).toHaveLength(bodies.length);
    expect(bodies.slice(0, 3).sort()).toEqual(['fourteen', 'one', 'three']);
  });

  it('counts answers of another size or status as wrong', async () => {
    const url = await serve((body) => (body === 'one' ? { text: 'ONE MORE' } : { status: 500, text: body }));
    const { requests, wrong } = await runHttpLoad({ url, ...load });
    expect(wrong).toBe(requests);
  });
});
