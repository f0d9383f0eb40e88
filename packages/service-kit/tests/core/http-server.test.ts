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

describe('an HTTP server that stops', () => {
  const start = async (drainMs: number) => {
    const slow = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const server = createHttpServer({
      host: '127.0.0.1',
      port: 0,
      log: silentLogger,
      drainMs,
      routes: [
        {
          path: '/slow',
          async handle(_request, response) {
            begun.resolve();
            await slow.promise;
            sendText(response, 200, 'text/plain', 'done');
          },
        },
      ],
    });
    await server.start();
    return { server, slow, begun };
  };

  it('lets requests under way finish', async () => {
    const { server, slow, begun } = await start(60_000);
    const answer = fetch(`${server.url}/slow`);
    await begun.promise;
    const stopped = server.stop();
    slow.resolve();
    expect(await (await answer).text()).toBe('done');
    await stopped;
  });

  it('cuts off those that take too long', async () => {
    const { server, begun } = await start(50);
    const answer = fetch(`${server.url}/slow`);
    await begun.promise;
    await Promise.all([server.stop(), expect(answer).rejects.toThrow()]);
  });
});
