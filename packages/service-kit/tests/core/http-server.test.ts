import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpServer, type HttpRoute, type HttpServer, sendText, silentLogger } from '../../src/index.ts';

const answer =
  (name: string): HttpRoute['handle'] =>
  (_request, response) =>
    sendText(response, 200, 'text/plain', name);

describe('an HTTP server', () => {
  let server: HttpServer;
  beforeAll(async () => {
    server = createHttpServer({
      host: '127.0.0.1',
      port: 0,
      log: silentLogger,
      requestTimeoutMs: 1_234_000,
      routes: [
        { path: '/files/*', handle: answer('below') },
        { path: '/files/list', handle: answer('exact') },
        { path: '/star*', handle: answer('star') },
      ],
    });
    await server.start();
  });
  afterAll(() => server.stop());

  it.each([
    ['/files/1', 'below'],
    ['/files/1/large?sig=a', 'below'],
    ['/files/', 'below'],
    ['/files/list', 'exact'],
    ['/star*', 'star'],
  ])('answers %s by its route', async (path, name) => {
    expect(await (await fetch(server.url + path)).text()).toBe(name);
  });

  it.each(['/files', '/filesystem/1', '/stars', '/'])('has no route for %s', async (path) => {
    expect((await fetch(server.url + path)).status).toBe(404);
  });

  it('gives requests as long to arrive as it was told', () => {
    expect(server.server.requestTimeout).toBe(1_234_000);
  });
});
