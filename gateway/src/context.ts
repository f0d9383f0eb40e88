import type { IncomingHttpHeaders } from 'node:http';
import type { ClientInfo, RequestTrace, Viewer } from '@postbook/service-kit/edge';

/** What the gateway knows of one operation besides its text. */
export interface GatewayContext {
  readonly trace: RequestTrace;
  readonly client: ClientInfo;
  /** Absent for anonymous requests. */
  readonly viewer?: Viewer | undefined;
  /**
   * The headers of the client's request, or of the one that opened its socket; for the rules that send some of them on.
   * A function, as most operations need none.
   */
  readonly headers?: (() => IncomingHttpHeaders) | undefined;
}
