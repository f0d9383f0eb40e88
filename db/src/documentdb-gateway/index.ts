export { createDocumentDbGateway, type DocumentDbGateway } from './gateway.ts';
export type { GatewayOptions } from './options.ts';
export { PgConnection, type PgOptions } from './pg-connection.ts';
export { probeGateway } from './probe.ts';
