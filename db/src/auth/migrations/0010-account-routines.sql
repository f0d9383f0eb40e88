-- Functions, procedures and triggers about accounts. Expected outcomes come back as OUT values: an exception would roll
-- back what must be kept, such as a counted attempt. search_path is pinned, so that nobody can slip in a table or
-- operator of theirs; pg_temp is named last because it comes first where it is not named. No routine commits: the caller's transaction holds more than the routine's part, the outbox.

CREATE OR REPLACE FUNCTION update_timestamp() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.updated_at := CURRENT_TIMESTAMP;
  RETURN NEW;
END;
$$;

CREATE OR REPLACE TRIGGER update_users_timestamp
  BEFORE UPDATE ON users
  FOR EACH ROW EXECUTE FUNCTION update_timestamp();

-- The real check is the application's; this one keeps out what can't be an address whoever writes it. It looks at a
-- changed address only, or a login would fail on an address that was accepted once.
CREATE OR REPLACE FUNCTION validate_email() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.email !~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]+$' THEN
    RAISE EXCEPTION 'Invalid email format' USING ERRCODE = 'check_violation', CONSTRAINT = 'validate_email_format';
  END IF;
  NEW.email_normalized := lower(NEW.email);
  RETURN NEW;
END;
$$;

CREATE OR REPLACE TRIGGER validate_email_format
  BEFORE INSERT OR UPDATE OF email, email_normalized ON users
  FOR EACH ROW EXECUTE FUNCTION validate_email();

CREATE OR REPLACE FUNCTION email_exists(p_email varchar) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM users WHERE email_normalized = lower(p_email));
$$;

-- Also true for a name that is reserved: it can't be had either.
CREATE OR REPLACE FUNCTION username_exists(p_username varchar) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM users WHERE lower(username) = lower(p_username))
      OR EXISTS (SELECT FROM username_reservations
                  WHERE username_lower = lower(p_username) AND reserved_until > CURRENT_TIMESTAMP);
$$;

-- By e-mail or username in any case. A username can't hold an @, so at most one row comes.
CREATE OR REPLACE FUNCTION get_user_by_login(p_login_identifier varchar)
RETURNS TABLE (
  user_id uuid, username varchar, email varchar, password_hash varchar, is_email_verified boolean,
  account_status varchar, failed_login_attempts integer, account_locked_until timestamptz, role varchar
)
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT u.user_id, u.username, u.email, u.password_hash, u.is_email_verified,
         u.account_status, u.failed_login_attempts, u.account_locked_until, u.role
    FROM users u
   WHERE u.email_normalized = lower(p_login_identifier) OR lower(u.username) = lower(p_login_identifier);
$$;

-- Six digits from a cryptographic source: a UUID's random bits, with those draws thrown away that would favour low
-- numbers. Codes are not unique: with a million of them that can't be promised, and each is tied to its user.
CREATE OR REPLACE FUNCTION generate_verification_code() RETURNS varchar
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_draw bigint;
BEGIN
  LOOP
    v_draw := ('x' || substr(replace(gen_random_uuid()::text, '-', ''), 1, 8))::bit(32)::bigint;
    EXIT WHEN v_draw < 4294000000;
  END LOOP;
  RETURN lpad((v_draw % 1000000)::text, 6, '0');
END;
$$;

-- Holds the name until the end of the transaction, so that a registration and a reservation of it can't cross.
CREATE OR REPLACE FUNCTION lock_username(p_username varchar) RETURNS void
LANGUAGE sql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT pg_advisory_xact_lock(hashtextextended('username:' || lower(p_username), 0));
$$;

-- Opens a code and voids the older one of its kind. The user's row is locked first: two at once come one after the other.
CREATE OR REPLACE FUNCTION open_verification_code(p_user_id uuid, p_code_type varchar, p_code_hash varchar)
RETURNS timestamptz
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_expires_at timestamptz;
BEGIN
  PERFORM FROM users WHERE user_id = p_user_id FOR NO KEY UPDATE;
  UPDATE verification_codes SET voided_at = CURRENT_TIMESTAMP
   WHERE user_id = p_user_id AND code_type = p_code_type AND used_at IS NULL AND voided_at IS NULL;
  INSERT INTO verification_codes (user_id, code_hash, code_type, expires_at)
  VALUES (p_user_id, p_code_hash, p_code_type, CURRENT_TIMESTAMP + interval '15 minutes')
  RETURNING expires_at INTO v_expires_at;
  RETURN v_expires_at;
END;
$$;

-- p_error: 'Username already taken', 'Email already exists', 'Invalid username format', 'Invalid email format',
-- 'Invalid password hash'. The name is looked at first and reserved even if the address turns out to be known: the answer
-- and what availability says later are then the same for known and unknown addresses.
-- The code's hash comes from outside, as the database doesn't have the pepper; p_new_user_id is part of what is hashed.
CREATE OR REPLACE PROCEDURE create_user(
  OUT p_user_id uuid, OUT p_error varchar, OUT p_code_expires_at timestamptz,
  p_username varchar, p_email varchar, p_password_hash varchar, p_first_name varchar, p_last_name varchar,
  p_phone_number varchar DEFAULT NULL, p_new_user_id uuid DEFAULT NULL, p_code_hash varchar DEFAULT NULL
)
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_constraint text;
BEGIN
  IF p_username IS NULL OR p_username !~ '^[A-Za-z0-9_]{3,50}$' THEN
    p_error := 'Invalid username format';
  ELSIF p_email IS NULL OR p_email !~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]+$' THEN
    p_error := 'Invalid email format';
  ELSIF p_password_hash IS NULL OR p_password_hash NOT LIKE '$argon2id$%' THEN
    p_error := 'Invalid password hash';
  END IF;
  IF p_error IS NOT NULL THEN RETURN; END IF;

  PERFORM lock_username(p_username);
  IF username_exists(p_username) THEN
    p_error := 'Username already taken';
    RETURN;
  END IF;

  BEGIN
    INSERT INTO users (user_id, username, email, email_normalized, password_hash, first_name, last_name, phone_number)
    VALUES (COALESCE(p_new_user_id, gen_random_uuid()), p_username, p_email, lower(p_email), p_password_hash,
            p_first_name, p_last_name, p_phone_number)
    RETURNING user_id INTO p_user_id;
  EXCEPTION WHEN unique_violation THEN
    -- The index decides, not a look beforehand: two registrations of one address may cross.
    GET STACKED DIAGNOSTICS v_constraint = CONSTRAINT_NAME;
    p_error := CASE v_constraint
      WHEN 'users_email_normalized_key' THEN 'Email already exists'
      WHEN 'users_username_lower_key' THEN 'Username already taken'
    END;
    IF p_error IS NULL THEN RAISE; END IF;
  END;

  IF p_error = 'Email already exists' THEN
    INSERT INTO username_reservations (username_lower, reason, reserved_until)
    VALUES (lower(p_username), 'RegistrationAttempt', CURRENT_TIMESTAMP + interval '30 days')
    ON CONFLICT (username_lower) DO UPDATE
      SET reason = excluded.reason, reserved_until = excluded.reserved_until, created_at = excluded.created_at;
  ELSIF p_error IS NULL AND p_code_hash IS NOT NULL THEN
    p_code_expires_at := open_verification_code(p_user_id, 'Email', p_code_hash);
  END IF;
END;
$$;

-- p_error: 'Invalid verification code', 'Verification code expired', 'Too many attempts'. The attempt is counted by one
-- statement that also locks the code, so guesses made at once are five like all others; the caller must commit whatever
-- the outcome. 'expired' is said only to who has the right code: to others an old code is as wrong as any.
CREATE OR REPLACE PROCEDURE verify_email(
  OUT p_success boolean, OUT p_error varchar,
  p_user_id uuid, p_code_hash varchar
)
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_code verification_codes%ROWTYPE;
BEGIN
  p_success := FALSE;
  UPDATE verification_codes SET attempts = attempts + 1
   WHERE user_id = p_user_id AND code_type = 'Email' AND used_at IS NULL AND voided_at IS NULL AND attempts < 5
  RETURNING * INTO v_code;

  IF NOT FOUND THEN
    p_error := CASE WHEN EXISTS (
      SELECT FROM verification_codes
       WHERE user_id = p_user_id AND code_type = 'Email' AND used_at IS NULL AND voided_at IS NULL
    ) THEN 'Too many attempts' ELSE 'Invalid verification code' END;
  ELSIF v_code.code_hash IS DISTINCT FROM p_code_hash THEN
    p_error := 'Invalid verification code';
  ELSIF v_code.expires_at <= CURRENT_TIMESTAMP THEN
    p_error := 'Verification code expired';
  ELSE
    UPDATE verification_codes SET used_at = CURRENT_TIMESTAMP WHERE verification_id = v_code.verification_id;
    UPDATE users SET email_verified_at = COALESCE(email_verified_at, CURRENT_TIMESTAMP) WHERE user_id = p_user_id;
    p_success := TRUE;
  END IF;
END;
$$;

-- What is null stays as it is. Another phone number has to be verified anew. p_error: 'User not found'.
CREATE OR REPLACE PROCEDURE update_user_profile(
  OUT p_success boolean, OUT p_error varchar,
  p_user_id uuid, p_first_name varchar DEFAULT NULL, p_last_name varchar DEFAULT NULL,
  p_phone_number varchar DEFAULT NULL, p_profile_picture_url text DEFAULT NULL
)
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE users
     SET first_name = COALESCE(p_first_name, first_name),
         last_name = COALESCE(p_last_name, last_name),
         phone_verified_at = CASE WHEN p_phone_number <> phone_number THEN NULL ELSE phone_verified_at END,
         phone_number = COALESCE(p_phone_number, phone_number),
         profile_picture_url = COALESCE(p_profile_picture_url, profile_picture_url)
   WHERE user_id = p_user_id AND NOT is_deleted;
  p_success := FOUND;
  p_error := CASE WHEN p_success THEN NULL ELSE 'User not found' END;
END;
$$;

-- Marks the account as deleted and ends its sessions. p_error: 'User not found' (or deleted already).
CREATE OR REPLACE PROCEDURE soft_delete_user(
  OUT p_success boolean, OUT p_error varchar,
  p_user_id uuid
)
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE users SET account_status = 'Deleted', deleted_at = CURRENT_TIMESTAMP
   WHERE user_id = p_user_id AND NOT is_deleted;
  p_success := FOUND;
  IF NOT p_success THEN
    p_error := 'User not found';
    RETURN;
  END IF;
  UPDATE user_sessions SET revoked_at = CURRENT_TIMESTAMP, revoked_reason = 'StatusChanged'
   WHERE user_id = p_user_id AND is_active;
END;
$$;

-- Null for an unknown user.
CREATE OR REPLACE FUNCTION get_user_stats(p_user_id uuid) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT json_build_object(
    'userId', u.user_id,
    'username', u.username,
    'role', u.role,
    'accountStatus', u.account_status,
    'isEmailVerified', u.is_email_verified,
    'createdAt', u.created_at,
    'activeSessions', (SELECT count(*) FROM user_sessions s
                        WHERE s.user_id = u.user_id AND s.is_active AND s.expires_at > CURRENT_TIMESTAMP),
    'lastLoginAt', (SELECT max(h.login_at) FROM user_login_history h
                     WHERE h.user_id = u.user_id AND h.login_status = 'Success'),
    'totalLogins', (SELECT count(*) FROM user_login_history h
                     WHERE h.user_id = u.user_id AND h.login_status = 'Success')
  ) FROM users u WHERE u.user_id = p_user_id;
$$;
