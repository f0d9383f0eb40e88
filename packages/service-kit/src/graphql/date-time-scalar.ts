import { GraphQLDateTime } from 'graphql-scalars';

/** Resolver of the `DateTime` scalar: RFC 3339 in the graph, `Date` in the code. */
export const dateTimeScalar = GraphQLDateTime;
