/** The operations of the tests, as a front end would write them. */

export const ENTITIES = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    ... on User { id displayName avatarUrl profile { bio } relationship { isFriend isBlocked } }
  }
}`;

const PROFILE = `firstName lastName bio tagline dateOfBirth location { city state country } website
  statistics { friendsCount followersCount followingCount } privacy { profileVisibility showLocation } createdAt updatedAt`;

const RELATIONSHIP = `relationship {
  isFriend isFollowing isFollowedBy isBlocked pendingRequest { id message sender { id } }
}`;

export const USER = `query ($username: String!) {
  userByUsername(username: $username) {
    id displayName avatarUrl profile { ${PROFILE} } ${RELATIONSHIP}
    friends { nodes { id } } followers { nodes { id } } following { nodes { id } }
  }
}`;

export const UPDATE = `mutation ($input: UpdateProfileInput!) {
  updateProfile(input: $input) { user { id displayName profile { ${PROFILE} } } errors { code path } }
}`;

export const UPDATE_PRIVACY = `mutation ($input: UpdatePrivacySettingsInput!) {
  updatePrivacySettings(input: $input) {
    privacy { profileVisibility showDateOfBirth showLocation showConnections allowFriendRequests allowMessages allowTagging
      allowMentions showEmail showPhoneNumber showOnlineStatus showLastSeen showEducation showExperience }
    errors { code path }
  }
}`;

const personMutation = (name: string) => `mutation ($input: PersonInput!) {
  ${name}(input: $input) {
    user { id ${RELATIONSHIP} profile { statistics { friendsCount followersCount followingCount } } }
    errors { code path }
  }
}`;

export const FOLLOW = personMutation('follow');
export const UNFOLLOW = personMutation('unfollow');
export const REMOVE_FRIEND = personMutation('removeFriend');
export const BLOCK = personMutation('block');
export const UNBLOCK = personMutation('unblock');

const REQUEST = `request {
  id status message sender { id } receiver { id } sentAt respondedAt expiresAt
} errors { code path }`;

export const SEND = `mutation ($input: SendFriendRequestInput!) { sendFriendRequest(input: $input) { ${REQUEST} } }`;
export const ACCEPT = `mutation ($input: FriendRequestInput!) { acceptFriendRequest(input: $input) { ${REQUEST} } }`;
export const DECLINE = `mutation ($input: FriendRequestInput!) { declineFriendRequest(input: $input) { ${REQUEST} } }`;
export const CANCEL = `mutation ($input: FriendRequestInput!) { cancelFriendRequest(input: $input) { ${REQUEST} } }`;

export const REQUESTS = `query ($direction: FriendRequestDirection!, $first: Int, $after: String, $last: Int, $before: String) {
  friendRequests(direction: $direction, first: $first, after: $after, last: $last, before: $before) {
    nodes { id sender { id } receiver { id } status message }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

const PAGE = 'first: $first, after: $after, last: $last, before: $before';
const PAGE_VARIABLES = '$first: Int, $after: String, $last: Int, $before: String';
const CONNECTION = `{
  edges { cursor node { id } } nodes { id displayName }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
}`;

export const BLOCKED = `query (${PAGE_VARIABLES}) { blockedUsers(${PAGE}) ${CONNECTION} }`;
export const SEARCH = `query ($query: String!, ${PAGE_VARIABLES}) { searchUsers(query: $query, ${PAGE}) ${CONNECTION} }`;
export const FOLLOWERS = `query ($username: String!, ${PAGE_VARIABLES}) {
  userByUsername(username: $username) { followers(${PAGE}) ${CONNECTION} }
}`;
