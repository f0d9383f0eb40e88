import type { Registry } from 'prom-client';
import type { Lifecycle } from '../lifecycle/lifecycle.ts';
import type { HttpRoute } from './http-server.ts';
import type { OperatorAccess } from './operator-access.ts';
import { sendJson, sendText } from './send.ts';

/** How long a component may take to answer a health check, in milliseconds. */
const CHECK_TIMEOUT_MS = 2_000;

async function report(lifecycle: Lifecycle) {
  const entries = lifecycle.components.map(async ({ name, check }) => {
    if (!check) return [name, 'ok'] as const;
    const timeout = new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error('no answer')), CHECK_TIMEOUT_MS).unref();
    });
    return [
      name,
      await Promise.race([check(), timeout]).then(
        () => 'ok',
        (error: Error) => error.message,
      ),
    ] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/**
 * `/health/live`: the process answers. `/health/ready`: it takes requests; 503 while starting and draining. A component
 * that fails its check is named but doesn't make the process unready: taking every replica out of service because Redis
 * is away would turn a degraded graph into a dead one. `/metrics`: Prometheus text.
 *
 * Metrics and what is wrong with which part are for operators alone; load balancers need the status and nothing else.
 */
export function healthRoutes(lifecycle: () => Lifecycle, metrics: Registry, isOperator: OperatorAccess): HttpRoute[] {
  return [
    { path: '/health/live', handle: (_request, response) => sendJson(response, 200, { status: 'live' }) },
    {
      path: '/health/ready',
      async handle(request, response) {
        const { state } = lifecycle();
        const details = isOperator(request) ? { components: await report(lifecycle()) } : {};
        sendJson(response, state === 'running' ? 200 : 503, { status: state, ...details });
      },
    },
    {
      path: '/metrics',
      async handle(request, response) {
        if (!isOperator(request)) return sendJson(response, 404, { error: 'no such path' });
        sendText(response, 200, metrics.contentType, await metrics.metrics());
      },
    },
  ];
}
