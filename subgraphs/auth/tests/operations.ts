const ERRORS = 'errors { code path message }';
const TOKENS = 'tokens { accessToken accessTokenExpiresAt refreshToken refreshTokenExpiresAt }';

/** What the tests ask, as a front end would. */
export const REGISTER = `mutation ($input: RegisterInput!) { register(input: $input) { codeExpiresAt ${ERRORS} } }`;
export const VERIFY = `mutation ($input: VerifyEmailInput!) { verifyEmail(input: $input) { user { id username email isEmailVerified } ${ERRORS} } }`;
export const RESEND = `mutation ($input: ResendVerificationCodeInput!) { resendVerificationCode(input: $input) { codeExpiresAt ${ERRORS} } }`;
export const LOG_IN = `mutation ($input: LogInInput!) { logIn(input: $input) { ${TOKENS} user { id username } ${ERRORS} } }`;
export const REFRESH = `mutation ($input: RefreshTokensInput!) { refreshTokens(input: $input) { ${TOKENS} ${ERRORS} } }`;
export const LOG_OUT = 'mutation { logOut { sessionId } }';
export const REVOKE = `mutation ($input: RevokeSessionInput!) { revokeSession(input: $input) { sessionId ${ERRORS} } }`;
export const REVOKE_OTHERS = 'mutation { revokeOtherSessions { revokedCount } }';
export const ME = '{ me { id username email isEmailVerified role createdAt } }';
export const SESSIONS = `query ($first: Int, $after: String, $last: Int, $before: String) {
  sessions(first: $first, after: $after, last: $last, before: $before) {
    nodes { id isCurrent deviceType deviceInfo ipAddress createdAt lastActivityAt expiresAt }
    edges { cursor }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;
export const AVAILABILITY =
  'query ($username: String!) { usernameAvailability(username: $username) { username isAvailable } }';
export const ENTITIES = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) { ... on User { id username email role registrationNames { firstName lastName } } }
}`;
