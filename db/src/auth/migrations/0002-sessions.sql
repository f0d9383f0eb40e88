-- Logins. A session is a family of refresh tokens: one is current, those before it are retired.

CREATE TABLE user_sessions (
  session_id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id             uuid NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
  refresh_token_hash  varchar(255) NOT NULL,
  device_type         varchar(50),
  device_info         text,
  ip_address          inet,
  location            varchar(255),
  user_agent          text,
  is_active           boolean NOT NULL GENERATED ALWAYS AS (revoked_at IS NULL) STORED,
  revoked_at          timestamptz(3),
  revoked_reason      varchar(30),
  expires_at          timestamptz(3) NOT NULL,
  absolute_expires_at timestamptz(3) NOT NULL,
  created_at          timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  last_activity_at    timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT user_sessions_refresh_token_hash_form CHECK (refresh_token_hash ~ '^[0-9a-f]{64}$'),
  CONSTRAINT user_sessions_expiry_boxed CHECK (expires_at <= absolute_expires_at),
  CONSTRAINT user_sessions_revoked_has_reason CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL)),
  CONSTRAINT user_sessions_revoked_reason_known CHECK (revoked_reason IN
    ('Logout', 'PasswordChanged', 'RoleChanged', 'StatusChanged', 'TokenReuse', 'Admin'))
);
-- Exchange of a refresh token.
CREATE UNIQUE INDEX user_sessions_refresh_token_hash_key ON user_sessions (refresh_token_hash);
-- The owner's list, newest first, page by page; ending all of a user's sessions.
CREATE INDEX user_sessions_user_idx ON user_sessions (user_id, is_active, created_at DESC, session_id DESC);
-- Clean-up.
CREATE INDEX user_sessions_expires_at_idx ON user_sessions (expires_at);
CREATE INDEX user_sessions_created_at_idx ON user_sessions (created_at DESC);

CREATE TABLE retired_refresh_hashes (
  token_hash varchar(255) PRIMARY KEY,
  session_id uuid NOT NULL REFERENCES user_sessions (session_id) ON DELETE CASCADE,
  retired_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT retired_refresh_hashes_form CHECK (token_hash ~ '^[0-9a-f]{64}$')
);
COMMENT ON TABLE retired_refresh_hashes IS
  'Refresh tokens that were exchanged. One that comes back after its grace was stolen, or its thief has just been overtaken.';
-- The foreign key's cascade.
CREATE INDEX retired_refresh_hashes_session_idx ON retired_refresh_hashes (session_id);

CREATE TABLE user_login_history (
  login_id         bigserial NOT NULL,
  user_id          uuid REFERENCES users (user_id) ON DELETE SET NULL,
  login_identifier varchar(255) NOT NULL,
  login_status     varchar(20) NOT NULL,
  failure_reason   varchar(255),
  device_type      varchar(50),
  device_info      text,
  ip_address       inet NOT NULL,
  location         varchar(255),
  user_agent       text,
  login_at         timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (login_at, login_id),
  CONSTRAINT user_login_history_status_known CHECK (login_status IN ('Success', 'Failed', 'Locked', 'Unverified')),
  CONSTRAINT user_login_history_reason_of_failure CHECK ((login_status = 'Success') = (failure_reason IS NULL))
) PARTITION BY RANGE (login_at);
-- A user's history.
CREATE INDEX user_login_history_user_idx ON user_login_history (user_id, login_at DESC);
-- What an address tried.
CREATE INDEX user_login_history_ip_idx ON user_login_history (ip_address, login_at DESC);
-- Analytics by outcome.
CREATE INDEX user_login_history_status_idx ON user_login_history (login_status, login_at DESC);
-- Recent activity.
CREATE INDEX user_login_history_login_at_idx ON user_login_history (login_at DESC);

-- Catches rows whose month has no partition: without it a forgotten partition would block every login.
CREATE TABLE user_login_history_default PARTITION OF user_login_history DEFAULT;

-- Months that are past their 90 days are moved here, out of the way of every query.
CREATE SCHEMA archive;
