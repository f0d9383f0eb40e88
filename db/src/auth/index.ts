export { named } from '../postgres/named.ts';
export * from './auth-database.ts';
export * from './schema.ts';
