import { type AnyEvent, createEvent } from '@postbook/events';
import { currentRequestTrace } from '@postbook/service-kit';
import type { MediaFile } from './media.ts';

const about = ({ id, ownerId, version }: MediaFile) => ({
  aggregateId: id,
  version,
  payload: { mediaId: id, ownerId },
  traceparent: currentRequestTrace()?.traceparent,
});

/** The file can be shown. */
export function mediaReady(file: MediaFile): AnyEvent {
  const { payload, ...rest } = about(file);
  return createEvent({ ...rest, type: 'MediaReady', payload: { ...payload, kind: file.kind } });
}

/** The file can't be shown, and never will be. */
export function mediaFailed(file: MediaFile): AnyEvent {
  const { payload, ...rest } = about(file);
  return createEvent({ ...rest, type: 'MediaFailed', payload: { ...payload, reason: file.problem ?? 'UNKNOWN' } });
}

/** The file is gone for everybody. */
export const mediaDeleted = (file: MediaFile): AnyEvent => createEvent({ ...about(file), type: 'MediaDeleted' });
