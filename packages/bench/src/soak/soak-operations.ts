/** An operation of the soak and what it is called with. */
export interface SoakOperation {
  /** Whether it is to be refused. */
  readonly isInvalid?: boolean;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Rooms that people talk in. */
const ROOMS = 8;
/** Different texts of queries: enough to fill caches with, few enough that they are full before the warm-up ends. */
const DOCUMENTS = 60;

/** The room of a turn. */
export const roomOf = (turn: number): string => `room-${turn % ROOMS}`;

/** Queries of many texts, joined and not, right and wrong: what is refused must leave nothing behind either. */
export function soakQuery(turn: number): SoakOperation {
  const name = `Q${turn % DOCUMENTS}`;
  const room = roomOf(turn);
  switch (turn % 5) {
    case 0:
      return { query: `query ${name} { head(room: "${room}") }`, variables: {} };
    case 1:
      return { query: `query ${name}($id: ID!) { person(id: $id) { id username } }`, variables: { id: `u${turn}` } };
    case 2:
      return { query: `query ${name} { head(room: "x") nothing }`, variables: {}, isInvalid: true };
    default:
      return {
        query: `query ${name}($room: ID!) {
          messages(room: $room, last: 20) { id text sentAt sender { id username displayName avatarUrl } } }`,
        variables: { room },
      };
  }
}

/** Says something in a room. */
export const soakMutation = (turn: number): SoakOperation => ({
  query: 'mutation Say($room: ID!, $text: String!) { send(room: $room, text: $text) { id sender { username } } }',
  variables: { room: roomOf(turn), text: `message ${turn} ${'x'.repeat(turn % 400)}` },
});
