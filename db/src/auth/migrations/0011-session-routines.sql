-- Functions and procedures about logins and sessions; see 0010 for what holds for all routines.

-- Begins a session and records the login. Null when the account can't be used now: five wrong guesses that were counted
-- while this login checked its password keep it out, so guessing many at once gains nothing.
CREATE OR REPLACE PROCEDURE create_user_session(
  OUT p_session_id uuid, OUT p_expires_at timestamptz,
  p_user_id uuid, p_refresh_token_hash varchar, p_device_type varchar, p_device_info text, p_ip_address inet,
  p_location varchar, p_user_agent text, p_lifetime interval, p_absolute_lifetime interval,
  p_login_identifier varchar, p_new_session_id uuid DEFAULT NULL
)
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE users SET last_login_at = CURRENT_TIMESTAMP, failed_login_attempts = 0, account_locked_until = NULL
   WHERE user_id = p_user_id AND account_status = 'Active' AND is_email_verified
     AND (account_locked_until IS NULL OR account_locked_until <= CURRENT_TIMESTAMP);
  IF NOT FOUND THEN RETURN; END IF;

  INSERT INTO user_sessions (session_id, user_id, refresh_token_hash, device_type, device_info, ip_address, location,
                             user_agent, expires_at, absolute_expires_at)
  VALUES (COALESCE(p_new_session_id, gen_random_uuid()), p_user_id, p_refresh_token_hash, p_device_type, p_device_info,
          p_ip_address, p_location, p_user_agent,
          CURRENT_TIMESTAMP + LEAST(p_lifetime, p_absolute_lifetime), CURRENT_TIMESTAMP + p_absolute_lifetime)
  RETURNING session_id, expires_at INTO p_session_id, p_expires_at;

  INSERT INTO user_login_history (user_id, login_identifier, login_status, device_type, device_info, ip_address,
                                  location, user_agent)
  VALUES (p_user_id, p_login_identifier, 'Success', p_device_type, p_device_info, p_ip_address, p_location, p_user_agent);
END;
$$;

-- Records an attempt that failed. p_counts: it was a wrong password for a known account, and brings the lock closer:
-- five in a row lock for 15 minutes. Attempts during a lock neither count nor prolong it; after it the count begins anew.
CREATE OR REPLACE PROCEDURE record_failed_login(
  OUT p_locked_until timestamptz,
  p_user_id uuid, p_login_identifier varchar, p_login_status varchar, p_failure_reason varchar, p_counts boolean,
  p_device_type varchar, p_device_info text, p_ip_address inet, p_user_agent text
)
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF p_counts THEN
    UPDATE users
       SET failed_login_attempts = CASE WHEN account_locked_until IS NULL THEN failed_login_attempts + 1 ELSE 1 END,
           account_locked_until = CASE WHEN account_locked_until IS NULL AND failed_login_attempts + 1 >= 5
                                       THEN CURRENT_TIMESTAMP + interval '15 minutes' END
     WHERE user_id = p_user_id AND (account_locked_until IS NULL OR account_locked_until <= CURRENT_TIMESTAMP)
    RETURNING account_locked_until INTO p_locked_until;
  END IF;
  INSERT INTO user_login_history (user_id, login_identifier, login_status, failure_reason, device_type, device_info,
                                  ip_address, user_agent)
  VALUES (p_user_id, p_login_identifier, p_login_status, p_failure_reason, p_device_type, p_device_info,
          p_ip_address, p_user_agent);
END;
$$;

-- Ends one session, or with p_revoke_all every active one of the user except p_except_session_id. Says which ended:
-- their access tokens have to be denied.
CREATE OR REPLACE PROCEDURE revoke_user_sessions(
  OUT p_sessions_revoked integer, OUT p_session_ids uuid[],
  p_user_id uuid, p_session_id uuid DEFAULT NULL, p_revoke_all boolean DEFAULT FALSE,
  p_reason varchar DEFAULT 'Logout', p_except_session_id uuid DEFAULT NULL
)
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  WITH revoked AS (
    UPDATE user_sessions SET revoked_at = CURRENT_TIMESTAMP, revoked_reason = p_reason
     WHERE user_id = p_user_id AND is_active
       AND (p_revoke_all OR session_id = p_session_id)
       AND session_id IS DISTINCT FROM p_except_session_id
    RETURNING session_id
  )
  SELECT count(*), COALESCE(array_agg(session_id), '{}') INTO p_sessions_revoked, p_session_ids FROM revoked;
END;
$$;

-- Exchanges a refresh token for its successor by compare-and-swap: of many at once one wins. p_outcome:
--   Rotated   this call won;
--   Replayed  the token was exchanged within the grace: the caller gets the same successor again;
--   Reused    it was exchanged longer ago: somebody has a copy. The caller ends the session;
--   Refused   unknown, expired, ended, or the account can't be used now.
CREATE OR REPLACE PROCEDURE store_refresh_token(
  OUT p_outcome varchar, OUT p_session_id uuid, OUT p_user_id uuid, OUT p_expires_at timestamptz, OUT p_role varchar,
  p_refresh_token_hash varchar, p_new_refresh_token_hash varchar, p_lifetime interval, p_grace interval,
  p_ip_address inet DEFAULT NULL
)
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v_retired_at timestamptz;
  v_usable boolean;
BEGIN
  UPDATE user_sessions s
     SET refresh_token_hash = p_new_refresh_token_hash,
         expires_at = LEAST(CURRENT_TIMESTAMP + p_lifetime, s.absolute_expires_at),
         last_activity_at = CURRENT_TIMESTAMP,
         ip_address = COALESCE(p_ip_address, s.ip_address)
    FROM users u
   WHERE s.refresh_token_hash = p_refresh_token_hash AND s.is_active AND s.expires_at > CURRENT_TIMESTAMP
     AND u.user_id = s.user_id AND u.account_status = 'Active'
  RETURNING s.session_id, s.user_id, s.expires_at, u.role INTO p_session_id, p_user_id, p_expires_at, p_role;
  IF FOUND THEN
    INSERT INTO retired_refresh_hashes (token_hash, session_id) VALUES (p_refresh_token_hash, p_session_id);
    p_outcome := 'Rotated';
    RETURN;
  END IF;

  SELECT r.retired_at, s.session_id, s.user_id, s.expires_at, u.role,
         s.is_active AND s.expires_at > CURRENT_TIMESTAMP AND u.account_status = 'Active'
    INTO v_retired_at, p_session_id, p_user_id, p_expires_at, p_role, v_usable
    FROM retired_refresh_hashes r JOIN user_sessions s USING (session_id) JOIN users u USING (user_id)
   WHERE r.token_hash = p_refresh_token_hash;
  p_outcome := CASE
    WHEN NOT FOUND OR NOT v_usable THEN 'Refused'
    WHEN v_retired_at >= CURRENT_TIMESTAMP - p_grace THEN 'Replayed'
    ELSE 'Reused'
  END;
END;
$$;
