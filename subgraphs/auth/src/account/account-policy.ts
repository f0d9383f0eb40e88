import type { Viewer } from '@postbook/service-kit';

/** Whether the viewer may read what only the owner may: address and its state. */
export const mayReadPrivateFields = (viewer: Viewer | undefined, account: { readonly id: string }): boolean =>
  viewer?.userId === account.id;
