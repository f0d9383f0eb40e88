/** What a request's `accept` header allows, as far as it matters here. */
export interface AcceptedMedia {
  /** `text/event-stream`, by name. */
  readonly eventStream: boolean;
  /** A JSON answer of either kind, be it by a wildcard or for want of a header. */
  readonly json: boolean;
  /** `application/json` by name, and not `application/graphql-response+json`. */
  readonly onlyPlainJson: boolean;
}

/** Reads an `accept` header. */
export function readAccept(header: string | undefined): AcceptedMedia {
  const types = (header ?? '*/*')
    .toLowerCase()
    .split(',')
    .map((part) => part.split(';', 1)[0]?.trim() ?? '');
  const has = (...names: string[]) => names.some((name) => types.includes(name));
  const graphqlJson = has('application/graphql-response+json', 'application/graphql+json');
  return {
    eventStream: has('text/event-stream'),
    json: graphqlJson || has('application/json', 'application/*', '*/*', ''),
    onlyPlainJson: has('application/json') && !graphqlJson,
  };
}
