import type { ClientInfo, RequestTrace, Viewer } from '@postbook/service-kit/edge';

/** What the gateway knows of one operation besides its text. */
export interface GatewayContext {
  readonly trace: RequestTrace;
  readonly client: ClientInfo;
  /** Absent for anonymous requests. */
  readonly viewer?: Viewer | undefined;
}
