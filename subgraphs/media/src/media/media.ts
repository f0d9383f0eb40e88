import type { Category, ExifData, FileType, ProcessingStatus, StoredVariant, VariantName } from '@postbook/db/media';

export type { Category, ExifData, FileType, ProcessingStatus, StoredVariant, VariantName };

/** A file. */
export interface MediaFile {
  readonly id: string;
  readonly ownerId: string;
  readonly kind: FileType;
  readonly category: Category;
  readonly status: ProcessingStatus;
  readonly mimeType: string;
  readonly sizeBytes: number;
  /** Pixels; null for what has none. */
  readonly width: number | null;
  readonly height: number | null;
  readonly aspectRatio: string | null;
  /** Seconds. */
  readonly duration: number | null;
  readonly blurPlaceholder: string | null;
  readonly altText: string | null;
  readonly description: string | null;
  readonly tags: readonly string[];
  /** What its owner called it. */
  readonly originalName: string;
  /** Where the uploaded content lies until it was processed. */
  readonly storagePath: string;
  readonly variants: readonly StoredVariant[];
  readonly isPublic: boolean;
  readonly isDeleted: boolean;
  /** When the sweep may take it; null while something refers to it. */
  readonly expiresAt: Date | null;
  /** Until when its upload is awaited; null once the content is in. */
  readonly uploadExpiresAt: Date | null;
  readonly uploadedAt: Date;
  /** Why processing failed; a code. */
  readonly problem: string | null;
  readonly processingStartedAt: Date | null;
  readonly processingAttempts: number;
  readonly version: number;
}

/** How long a file is kept that nothing refers to, in milliseconds. */
export const UNREFERENCED_MS = 24 * 60 * 60_000;
