import { sql } from 'drizzle-orm';
import { bigint, boolean, inet, integer, jsonb, pgTable, primaryKey, text, uuid, varchar } from 'drizzle-orm/pg-core';
import { bytea, moment } from '../postgres/columns.ts';

// The tables as the migrations make them; a test compares the two. Constraints, indexes and partitions are in the
// migrations alone: they are the database's to enforce, and Drizzle can't express all of them.

const now = sql`CURRENT_TIMESTAMP`;

/** Roles of an account. */
export type UserRole = 'User' | 'Moderator' | 'Admin';
/** Statuses of an account. */
export type AccountStatus = 'Active' | 'Inactive' | 'Suspended' | 'Deleted';
/** What a verification code is for. */
export type CodeType = 'Email' | 'Phone' | 'PasswordReset';
/** Outcomes of a login attempt. */
export type LoginStatus = 'Success' | 'Failed' | 'Locked' | 'Unverified';
/** Why a session ended. */
export type RevocationReason = 'Logout' | 'PasswordChanged' | 'RoleChanged' | 'StatusChanged' | 'TokenReuse' | 'Admin';

/** Accounts and what proves them. */
export const users = pgTable('users', {
  userId: uuid('user_id').primaryKey().defaultRandom(),
  username: varchar('username', { length: 50 }).notNull(),
  email: varchar('email', { length: 255 }).notNull(),
  /** Kept by a trigger. */
  emailNormalized: varchar('email_normalized', { length: 255 }).notNull(),
  passwordHash: varchar('password_hash', { length: 255 }).notNull(),
  firstName: varchar('first_name', { length: 100 }).notNull(),
  lastName: varchar('last_name', { length: 100 }).notNull(),
  phoneNumber: varchar('phone_number', { length: 20 }),
  isEmailVerified: boolean('is_email_verified').notNull().generatedAlwaysAs(sql`email_verified_at IS NOT NULL`),
  isPhoneVerified: boolean('is_phone_verified').notNull().generatedAlwaysAs(sql`phone_verified_at IS NOT NULL`),
  emailVerifiedAt: moment('email_verified_at'),
  phoneVerifiedAt: moment('phone_verified_at'),
  profilePictureUrl: text('profile_picture_url'),
  role: varchar('role', { length: 20 }).$type<UserRole>().notNull().default('User'),
  accountStatus: varchar('account_status', { length: 20 }).$type<AccountStatus>().notNull().default('Active'),
  lastLoginAt: moment('last_login_at'),
  failedLoginAttempts: integer('failed_login_attempts').notNull().default(0),
  accountLockedUntil: moment('account_locked_until'),
  passwordChangedAt: moment('password_changed_at'),
  isDeleted: boolean('is_deleted').notNull().generatedAlwaysAs(sql`deleted_at IS NOT NULL`),
  deletedAt: moment('deleted_at'),
  /** Since when its owner has it deactivated. */
  deactivatedAt: moment('deactivated_at'),
  /** When a suspension ends; null for one without an end. */
  suspendedUntil: moment('suspended_until'),
  /** Version of the last event about the user. */
  version: bigint('version', { mode: 'number' }).notNull().default(1),
  createdAt: moment('created_at').notNull().default(now),
  updatedAt: moment('updated_at').notNull().default(now),
});

/** Names that nobody holds and nobody may take yet. */
export const usernameReservations = pgTable('username_reservations', {
  usernameLower: varchar('username_lower', { length: 50 }).primaryKey(),
  reason: varchar('reason', { length: 30 }).$type<'RegistrationAttempt' | 'Purged' | 'Renamed'>().notNull(),
  reservedUntil: moment('reserved_until').notNull(),
  createdAt: moment('created_at').notNull().default(now),
});

/** Codes sent by mail, as hashes. */
export const verificationCodes = pgTable('verification_codes', {
  verificationId: uuid('verification_id').primaryKey().defaultRandom(),
  userId: uuid('user_id').notNull(),
  codeHash: varchar('code_hash', { length: 255 }).notNull(),
  codeType: varchar('code_type', { length: 20 }).$type<CodeType>().notNull(),
  isUsed: boolean('is_used').notNull().generatedAlwaysAs(sql`used_at IS NOT NULL`),
  usedAt: moment('used_at'),
  voidedAt: moment('voided_at'),
  expiresAt: moment('expires_at').notNull(),
  createdAt: moment('created_at').notNull().default(now),
  attempts: integer('attempts').notNull().default(0),
});

/** Tokens that allow a new password, as hashes. */
export const passwordResetTokens = pgTable('password_reset_tokens', {
  tokenId: uuid('token_id').primaryKey().defaultRandom(),
  userId: uuid('user_id').notNull(),
  tokenHash: varchar('token_hash', { length: 255 }).notNull(),
  isUsed: boolean('is_used').notNull().generatedAlwaysAs(sql`used_at IS NOT NULL`),
  usedAt: moment('used_at'),
  expiresAt: moment('expires_at').notNull().default(sql`CURRENT_TIMESTAMP + interval '15 minutes'`),
  createdAt: moment('created_at').notNull().default(now),
  ipAddress: inet('ip_address'),
});

/** Logins: each is a family of refresh tokens of which one is current. */
export const userSessions = pgTable('user_sessions', {
  sessionId: uuid('session_id').primaryKey().defaultRandom(),
  userId: uuid('user_id').notNull(),
  refreshTokenHash: varchar('refresh_token_hash', { length: 255 }).notNull(),
  deviceType: varchar('device_type', { length: 50 }),
  deviceInfo: text('device_info'),
  ipAddress: inet('ip_address'),
  location: varchar('location', { length: 255 }),
  userAgent: text('user_agent'),
  isActive: boolean('is_active').notNull().generatedAlwaysAs(sql`revoked_at IS NULL`),
  revokedAt: moment('revoked_at'),
  revokedReason: varchar('revoked_reason', { length: 30 }).$type<RevocationReason>(),
  expiresAt: moment('expires_at').notNull(),
  absoluteExpiresAt: moment('absolute_expires_at').notNull(),
  createdAt: moment('created_at').notNull().default(now),
  lastActivityAt: moment('last_activity_at').notNull().default(now),
});

/** Refresh tokens that were exchanged already. */
export const retiredRefreshHashes = pgTable('retired_refresh_hashes', {
  tokenHash: varchar('token_hash', { length: 255 }).primaryKey(),
  sessionId: uuid('session_id').notNull(),
  retiredAt: moment('retired_at').notNull().default(now),
});

/** Every login attempt; partitioned by month. */
export const userLoginHistory = pgTable(
  'user_login_history',
  {
    loginId: bigint('login_id', { mode: 'number' }).notNull().default(sql`nextval('user_login_history_login_id_seq')`),
    userId: uuid('user_id'),
    loginIdentifier: varchar('login_identifier', { length: 255 }).notNull(),
    loginStatus: varchar('login_status', { length: 20 }).$type<LoginStatus>().notNull(),
    failureReason: varchar('failure_reason', { length: 255 }),
    deviceType: varchar('device_type', { length: 50 }),
    deviceInfo: text('device_info'),
    ipAddress: inet('ip_address').notNull(),
    location: varchar('location', { length: 255 }),
    userAgent: text('user_agent'),
    loginAt: moment('login_at').notNull().default(now),
  },
  (table) => [primaryKey({ columns: [table.loginAt, table.loginId] })],
);

/** Keys that sign access tokens. */
export const signingKeys = pgTable('signing_keys', {
  kid: varchar('kid', { length: 64 }).primaryKey(),
  algorithm: varchar('algorithm', { length: 20 }).$type<'EdDSA'>().notNull(),
  publicJwk: jsonb('public_jwk').$type<Record<string, unknown>>().notNull(),
  privateKeyEncrypted: bytea('private_key_encrypted').notNull(),
  createdAt: moment('created_at').notNull().default(now),
  signsFrom: moment('signs_from').notNull(),
  publishedUntil: moment('published_until'),
});

/** Mails that wait to be sent. */
export const mailOutbox = pgTable('mail_outbox', {
  mailId: uuid('mail_id').primaryKey(),
  kind: varchar('kind', { length: 40 }).notNull(),
  sealed: bytea('sealed'),
  attempts: integer('attempts').notNull().default(0),
  availableAt: moment('available_at').notNull().default(now),
  createdAt: moment('created_at').notNull().default(now),
  sentAt: moment('sent_at'),
  failedAt: moment('failed_at'),
  lastError: varchar('last_error', { length: 255 }),
});

/** Secrets of authenticator apps, encrypted. */
export const totpSecrets = pgTable('totp_secrets', {
  userId: uuid('user_id').primaryKey(),
  secretEncrypted: bytea('secret_encrypted').notNull(),
  /** Null until the first code was right. */
  confirmedAt: moment('confirmed_at'),
  /** Time step of the last accepted code: only a later one is accepted. */
  lastUsedStep: bigint('last_used_step', { mode: 'number' }),
  createdAt: moment('created_at').notNull().default(now),
});

/** Codes that replace a lost second factor, each once, as hashes. */
export const recoveryCodes = pgTable('recovery_codes', {
  codeId: uuid('code_id').primaryKey().defaultRandom(),
  userId: uuid('user_id').notNull(),
  codeHash: varchar('code_hash', { length: 255 }).notNull(),
  isUsed: boolean('is_used').notNull().generatedAlwaysAs(sql`used_at IS NOT NULL`),
  usedAt: moment('used_at'),
  createdAt: moment('created_at').notNull().default(now),
});

/** Ways an authenticator can be reached, as WebAuthn names them. */
export type PasskeyTransport = 'usb' | 'nfc' | 'ble' | 'smart-card' | 'hybrid' | 'internal';

/** Public keys of passkeys. */
export const passkeys = pgTable('passkeys', {
  passkeyId: uuid('passkey_id').primaryKey().defaultRandom(),
  userId: uuid('user_id').notNull(),
  credentialId: bytea('credential_id').notNull(),
  /** COSE key. */
  publicKey: bytea('public_key').notNull(),
  /** The authenticator's counter; some always say 0. */
  signCount: bigint('sign_count', { mode: 'number' }).notNull().default(0),
  transports: text('transports').array().$type<PasskeyTransport[]>().notNull().default([]),
  name: varchar('name', { length: 100 }).notNull(),
  lastUsedAt: moment('last_used_at'),
  createdAt: moment('created_at').notNull().default(now),
});

/** What people with power and the system did. The database refuses to change a line. */
export const auditLog = pgTable('audit_log', {
  auditId: bigint('audit_id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  /** Null: the system. */
  actorId: uuid('actor_id'),
  action: varchar('action', { length: 60 }).notNull(),
  subjectType: varchar('subject_type', { length: 30 }).notNull(),
  subjectId: varchar('subject_id', { length: 64 }).notNull(),
  reason: varchar('reason', { length: 500 }),
  /** No personal data: it could not be erased here. */
  details: jsonb('details').$type<Record<string, unknown>>().notNull().default({}),
  at: moment('at').notNull().default(now),
});

/** Names people had before. */
export const usernameHistory = pgTable('username_history', {
  historyId: bigint('history_id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  userId: uuid('user_id').notNull(),
  username: varchar('username', { length: 50 }).notNull(),
  releasedAt: moment('released_at').notNull().default(now),
});

/** Who was erased. */
export const userTombstones = pgTable('user_tombstones', {
  userId: uuid('user_id').primaryKey(),
  purgedAt: moment('purged_at').notNull().default(now),
  /** When every service had given its receipt. */
  completedAt: moment('completed_at'),
});

/** Which services have erased their part of a purged person. */
export const purgeReceipts = pgTable(
  'purge_receipts',
  {
    userId: uuid('user_id').notNull(),
    service: varchar('service', { length: 40 }).notNull(),
    erasedItems: integer('erased_items').notNull(),
    erasedAt: moment('erased_at').notNull().default(now),
  },
  (table) => [primaryKey({ columns: [table.userId, table.service] })],
);
