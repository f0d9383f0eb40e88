import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Component } from '../lifecycle/component.ts';
import type { Logger } from '../logging/logger.ts';
import { traceFromHeaders, withRequestTrace } from '../logging/request-scope.ts';
import { withServerSpan } from '../telemetry/tracing/server-span.ts';
import { sendJson } from './send.ts';

/** Shorter than a whole process may take to stop (`STOP_DEADLINE_MS`): its stores come after the server. */
const DRAIN_MS = 10_000;

/** Answers one path, or all paths below one. */
export interface HttpRoute {
  /** Exact, such as `/health/live`; or with `/*` at its end, for everything below it. */
  readonly path: string;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void> | void;
}

/** Options of {@link createHttpServer}. */
export interface HttpServerOptions {
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** An exact path comes before what it is below of. */
  readonly routes: readonly HttpRoute[];
  /** Answers what no route has. Default: 404. */
  readonly fallback?: HttpRoute['handle'];
  /** How long a request may take to arrive, body included, in milliseconds. Default 5 min, as Node has it. */
  readonly requestTimeoutMs?: number | undefined;
  /** How long requests under way may go on once the server stops, in milliseconds, before they are cut off. Default 10,000. */
  readonly drainMs?: number;
  readonly log: Logger;
}

/** An HTTP server as a component: stopping it lets requests under way finish. */
export interface HttpServer extends Component {
  /** Node's server, for WebSocket upgrades. */
  readonly server: Server;
  /** Where it listens, once started. */
  readonly url: string;
}

/** Finds the route of a path. */
function createRouter(routes: readonly HttpRoute[]): (path: string) => HttpRoute['handle'] | undefined {
  const exact = new Map(routes.map((route) => [route.path, route.handle]));
  const below = routes.flatMap(({ path, handle }) =>
    path.endsWith('/*') ? [{ start: path.slice(0, -1), handle }] : [],
  );
  return (path) => exact.get(path) ?? below.find(({ start }) => path.startsWith(start))?.handle;
}

const notFound: HttpRoute['handle'] = (_request, response) => sendJson(response, 404, { error: 'no such path' });

/** A server over node:http: routes by path, request ids on every request, faults answered and logged, never fatal. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const routeOf = createRouter(options.routes);
  let url = '';
  let isStopping = false;

  const server = createServer((request, response) => {
    const trace = traceFromHeaders(request.headers);
    response.setHeader('x-request-id', trace.requestId);
    // A connection that is kept alive after its last answer would keep the server for as long as its client likes.
    response.once('close', () => isStopping && setImmediate(() => server.closeIdleConnections()));
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const serve = async () => {
      try {
        await (routeOf(path) ?? options.fallback ?? notFound)(request, response);
      } catch (error) {
        options.log.error({ err: error, path }, 'unexpected error while answering a request');
        if (response.headersSent) response.destroy();
        else sendJson(response, 500, { error: 'internal error', requestId: trace.requestId });
      }
    };
    withServerSpan(request, response, trace, (within) => withRequestTrace(within, serve));
  });
  // Longer than any client's or load balancer's own idle time, so that it is never we who close a connection in use.
  server.keepAliveTimeout = 75_000;
  if (options.requestTimeoutMs !== undefined) server.requestTimeout = options.requestTimeoutMs;

  return {
    name: 'http server',
    server,
    get url() {
      return url;
    },
    async start() {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(options.port, options.host, () => {
          server.off('error', reject);
          resolve();
        });
      });
      const { port } = server.address() as AddressInfo;
      url = `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`;
    },
    async stop() {
      if (!server.listening) return;
      isStopping = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      // A large file on a slow line must not keep the process until it is killed.
      const cut = setTimeout(() => server.closeAllConnections(), options.drainMs ?? DRAIN_MS);
      await closed;
      clearTimeout(cut);
    },
  };
}
