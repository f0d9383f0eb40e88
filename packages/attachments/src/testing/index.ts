export * from './media-owner.ts';
