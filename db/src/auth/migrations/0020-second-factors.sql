-- What proves a person besides the password. None of it is usable by who reads the database: secrets are encrypted with a
-- key outside of it, codes are hashed, of passkeys only the public part is here.

CREATE TABLE totp_secrets (
  user_id          uuid PRIMARY KEY REFERENCES users (user_id) ON DELETE CASCADE,
  secret_encrypted bytea NOT NULL,
  -- Null until the first code proved that the person's device has the secret: it protects nothing before.
  confirmed_at     timestamptz(3),
  -- The time step (RFC 6238) of the last accepted code; only a later one is accepted, so that no code works twice.
  last_used_step   bigint,
  created_at       timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  -- A bare secret has 20 to 32 bytes; nonce and tag make an encrypted one longer.
  CONSTRAINT totp_secrets_encrypted CHECK (octet_length(secret_encrypted) >= 40),
  CONSTRAINT totp_secrets_used_is_confirmed CHECK (last_used_step IS NULL OR confirmed_at IS NOT NULL),
  CONSTRAINT totp_secrets_step_positive CHECK (last_used_step >= 0)
);
COMMENT ON TABLE totp_secrets IS 'Secrets of authenticator apps, one per user.';
-- Clean-up of those that were never confirmed.
CREATE INDEX totp_secrets_unconfirmed_idx ON totp_secrets (created_at) WHERE confirmed_at IS NULL;

CREATE TABLE recovery_codes (
  code_id    uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id    uuid NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
  code_hash  varchar(255) NOT NULL,
  is_used    boolean NOT NULL GENERATED ALWAYS AS (used_at IS NOT NULL) STORED,
  used_at    timestamptz(3),
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT recovery_codes_hash_form CHECK (code_hash ~ '^[0-9a-f]{64}$')
);
COMMENT ON TABLE recovery_codes IS 'Codes that replace a lost second factor, each once, as hashes.';
-- Redemption of a code.
CREATE UNIQUE INDEX recovery_codes_code_key ON recovery_codes (user_id, code_hash);
-- How many are left; replacing all.
CREATE INDEX recovery_codes_user_idx ON recovery_codes (user_id, is_used);

CREATE TABLE passkeys (
  passkey_id    uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id       uuid NOT NULL REFERENCES users (user_id) ON DELETE CASCADE,
  credential_id bytea NOT NULL,
  -- COSE key.
  public_key    bytea NOT NULL,
  -- The authenticator's counter: one that does not grow belongs to a copy. Some authenticators always say 0.
  sign_count    bigint NOT NULL DEFAULT 0,
  transports    text[] NOT NULL DEFAULT '{}',
  name          varchar(100) NOT NULL,
  last_used_at  timestamptz(3),
  created_at    timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  -- The limit of the standard.
  CONSTRAINT passkeys_credential_length CHECK (octet_length(credential_id) BETWEEN 16 AND 1023),
  CONSTRAINT passkeys_public_key_length CHECK (octet_length(public_key) BETWEEN 32 AND 2048),
  CONSTRAINT passkeys_sign_count_range CHECK (sign_count BETWEEN 0 AND 4294967295),
  CONSTRAINT passkeys_transports_known CHECK
    (transports <@ ARRAY['usb', 'nfc', 'ble', 'smart-card', 'hybrid', 'internal']),
  CONSTRAINT passkeys_name_given CHECK (length(name) >= 1)
);
COMMENT ON TABLE passkeys IS 'Public keys of passkeys (WebAuthn).';
-- Login with a passkey; nobody registers somebody else's.
CREATE UNIQUE INDEX passkeys_credential_key ON passkeys (credential_id);
-- The owner's list, newest first.
CREATE INDEX passkeys_user_idx ON passkeys (user_id, created_at DESC, passkey_id DESC);
