import { type RequestScope, viewerOf } from '@postbook/service-kit';
import type { LiveService } from './live/live-service.ts';
import { createLoaders, type Loaders } from './loaders.ts';
import type { NotificationReader } from './notification/notification-reader.ts';
import type { NotificationService } from './notification/notification-service.ts';
import type { PreferencesService } from './preferences/preferences-service.ts';
import type { SharedLoaders } from './shared-loaders.ts';

/** The rules of notifications; the same for all requests. */
export interface NotificationsServices {
  readonly reader: NotificationReader;
  readonly notifications: NotificationService;
  readonly preferences: PreferencesService;
  readonly live: LiveService;
  readonly shared: SharedLoaders;
}

/** What a resolver of notifications may use. */
export interface Context extends RequestScope {
  readonly services: NotificationsServices;
  /** Of this request, or this event of a subscription, alone. */
  readonly loaders: Loaders;
}

/** Makes the context of one request. */
export const createContext = (scope: RequestScope, services: NotificationsServices): Context => ({
  ...scope,
  services,
  loaders: createLoaders(viewerOf(scope)?.userId, services.shared),
});
