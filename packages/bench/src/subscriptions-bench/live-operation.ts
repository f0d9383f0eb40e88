/** What every subscriber asks for: an event of one subgraph, joined with a person of another. */
export const LIVE_OPERATION = `subscription Room($room: ID!, $after: String) {
  messageSent(room: $room, after: $after) {
    cursor
    message { id text sentAt sender { id username displayName } }
  }
}`;

/** What is said: about as long as people's messages are. */
export const LIVE_TEXT = 'Hello there, how are you? We meet at eight in front of the cinema – don’t be late!';
