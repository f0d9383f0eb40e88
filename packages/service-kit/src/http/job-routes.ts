import type { IncomingMessage } from 'node:http';
import type { Scheduler } from '../scheduler/scheduler.ts';
import type { HttpRoute } from './http-server.ts';
import type { OperatorAccess } from './operator-access.ts';
import { sendJson } from './send.ts';

/**
 * A header that `npm run job` sends. A page in somebody's browser can't: it would need a preflight, which nobody answers,
 * and so can't start jobs of a graph on its visitor's machine.
 */
export const JOBS_HEADER = 'x-postbook-jobs';

const jobOf = (request: IncomingMessage): string =>
  new URL(request.url ?? '/', 'http://localhost').searchParams.get('name') ?? '';

/** `/jobs`, for operators alone: GET names the service's jobs, POST with `?name=` runs one now and answers when it is done. */
export function jobRoutes(scheduler: Scheduler, isOperator: OperatorAccess): HttpRoute[] {
  return [
    {
      path: '/jobs',
      async handle(request, response) {
        if (!isOperator(request) || request.headers[JOBS_HEADER] === undefined) {
          return sendJson(response, 404, { error: 'no such path' });
        }
        if (request.method !== 'POST') return sendJson(response, 200, { jobs: scheduler.names() });
        const name = jobOf(request);
        if (!scheduler.names().includes(name)) return sendJson(response, 404, { error: 'no such job' });
        const hasRun = await scheduler.runNow(name);
        sendJson(response, hasRun ? 200 : 409, hasRun ? { hasRun } : { error: 'it is running already' });
      },
    },
  ];
}
