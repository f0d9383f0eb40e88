-- People and what proves them. Moments are timestamptz(3): a cursor carries milliseconds, and a finer time in the table
-- would let a page skip or repeat rows that share one.

CREATE TABLE users (
  user_id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  username              varchar(50) NOT NULL,
  email                 varchar(255) NOT NULL,
  email_normalized      varchar(255) NOT NULL,
  password_hash         varchar(255) NOT NULL,
  first_name            varchar(100) NOT NULL,
  last_name             varchar(100) NOT NULL,
  phone_number          varchar(20),
  is_email_verified     boolean NOT NULL GENERATED ALWAYS AS (email_verified_at IS NOT NULL) STORED,
  is_phone_verified     boolean NOT NULL GENERATED ALWAYS AS (phone_verified_at IS NOT NULL) STORED,
  email_verified_at     timestamptz(3),
  phone_verified_at     timestamptz(3),
  profile_picture_url   text,
  role                  varchar(20) NOT NULL DEFAULT 'User',
  account_status        varchar(20) NOT NULL DEFAULT 'Active',
  last_login_at         timestamptz(3),
  failed_login_attempts integer NOT NULL DEFAULT 0,
  account_locked_until  timestamptz(3),
  password_changed_at   timestamptz(3),
  is_deleted            boolean NOT NULL GENERATED ALWAYS AS (deleted_at IS NOT NULL) STORED,
  deleted_at            timestamptz(3),
  version               bigint NOT NULL DEFAULT 1,
  created_at            timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at            timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT users_username_length CHECK (length(username) >= 3),
  CONSTRAINT users_username_form CHECK (username ~ '^[A-Za-z0-9_]+$'),
  CONSTRAINT users_password_hash_form CHECK (password_hash LIKE '$argon2id$%'),
  CONSTRAINT users_role_known CHECK (role IN ('User', 'Admin', 'Moderator')),
  CONSTRAINT users_account_status_known CHECK (account_status IN ('Active', 'Inactive', 'Suspended', 'Deleted')),
  CONSTRAINT users_failed_login_attempts_positive CHECK (failed_login_attempts >= 0),
  CONSTRAINT users_deleted_has_moment CHECK ((account_status = 'Deleted') = (deleted_at IS NOT NULL)),
  CONSTRAINT users_phone_verified_has_number CHECK (phone_verified_at IS NULL OR phone_number IS NOT NULL),
  CONSTRAINT users_version_positive CHECK (version > 0)
);
COMMENT ON COLUMN users.version IS 'The version of the last event about the user; consumers apply only newer ones.';

-- Login by username, availability, uniqueness in any case.
CREATE UNIQUE INDEX users_username_lower_key ON users (lower(username));
-- Login by e-mail, uniqueness in any case.
CREATE UNIQUE INDEX users_email_normalized_key ON users (email_normalized);
-- Counts and lists of active users.
CREATE INDEX users_status_idx ON users (is_deleted, account_status);
-- Newest accounts first.
CREATE INDEX users_created_at_idx ON users (created_at DESC);
-- Most recently active first; accounts that stopped being used.
CREATE INDEX users_last_login_at_idx ON users (last_login_at DESC);

CREATE TABLE username_reservations (
  username_lower varchar(50) PRIMARY KEY,
  reason         varchar(30) NOT NULL,
  reserved_until timestamptz(3) NOT NULL,
  created_at     timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT username_reservations_lower CHECK (username_lower = lower(username_lower)),
  CONSTRAINT username_reservations_reason_known CHECK (reason IN ('RegistrationAttempt', 'Purged', 'Renamed'))
);
COMMENT ON TABLE username_reservations IS
  'Names that nobody holds and nobody may take yet. An attempt to register with a known e-mail address reserves the name too, so that availability does not tell whether the address was known.';
-- Clean-up of those that ran out.
CREATE INDEX username_reservations_reserved_until_idx ON username_reservations (reserved_until);

CREATE TABLE verification_codes (
  verification_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id         uuid NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
  code_hash       varchar(255) NOT NULL,
  code_type       varchar(20) NOT NULL,
  is_used         boolean NOT NULL GENERATED ALWAYS AS (used_at IS NOT NULL) STORED,
  used_at         timestamptz(3),
  voided_at       timestamptz(3),
  expires_at      timestamptz(3) NOT NULL,
  created_at      timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  attempts        integer NOT NULL DEFAULT 0,
  CONSTRAINT verification_codes_type_known CHECK (code_type IN ('Email', 'Phone', 'PasswordReset')),
  -- A hash, so that no path can ever store the code itself.
  CONSTRAINT verification_codes_hash_form CHECK (code_hash ~ '^[0-9a-f]{64}$'),
  CONSTRAINT verification_codes_attempts_bounded CHECK (attempts BETWEEN 0 AND 5),
  CONSTRAINT verification_codes_used_or_voided CHECK (used_at IS NULL OR voided_at IS NULL),
  CONSTRAINT verification_codes_expiry_later CHECK (expires_at > created_at)
);
-- At most one code of a kind is open: a new one voids the old, also when two are asked for at once.
CREATE UNIQUE INDEX verification_codes_open_key ON verification_codes (user_id, code_type)
  WHERE used_at IS NULL AND voided_at IS NULL;
-- Verification: the user's codes of a kind.
CREATE INDEX verification_codes_user_idx ON verification_codes (user_id, code_type, is_used);
CREATE INDEX verification_codes_code_hash_idx ON verification_codes (code_hash);
-- Clean-up.
CREATE INDEX verification_codes_expires_at_idx ON verification_codes (expires_at);
CREATE INDEX verification_codes_created_at_idx ON verification_codes (created_at DESC);

CREATE TABLE password_reset_tokens (
  token_id   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id    uuid NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
  token_hash varchar(255) NOT NULL,
  is_used    boolean NOT NULL GENERATED ALWAYS AS (used_at IS NOT NULL) STORED,
  used_at    timestamptz(3),
  expires_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP + interval '15 minutes',
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  ip_address inet,
  CONSTRAINT password_reset_tokens_hash_form CHECK (token_hash ~ '^[0-9a-f]{64}$'),
  CONSTRAINT password_reset_tokens_expiry_later CHECK (expires_at > created_at)
);
-- Validation of a token; unique in place of the plaintext column of the specification.
CREATE UNIQUE INDEX password_reset_tokens_token_hash_key ON password_reset_tokens (token_hash);
-- A user's open tokens, to invalidate all on success.
CREATE INDEX password_reset_tokens_user_idx ON password_reset_tokens (user_id, is_used, expires_at);
-- Clean-up.
CREATE INDEX password_reset_tokens_expires_at_idx ON password_reset_tokens (expires_at);
