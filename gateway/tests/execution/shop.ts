import { GraphQLError } from 'graphql';
import type { OperationCatalogOptions } from '../../src/execution/operation-catalog.ts';
import { createFederation } from './fixture/federation.ts';

const PRICES: Record<string, number> = { EUR: 10, USD: 12 };

/** Two subgraphs, of which one computes from what the other knows, under arguments. */
export const createShop = (options: Partial<OperationCatalogOptions> = {}) =>
  createFederation(
    {
      catalog: {
        sdl: `type Query { product(id: ID!): Product products: [Product!]! broken: Product }
        type Product @key(fields: "id") { id: ID! name: String price(currency: String): Int weight: Int strict: Int! }`,
        resolvers: {
          Query: {
            product: (_: unknown, { id }: { id: string }) => ({ id }),
            products: () => ['1', '2', '1'].map((id) => ({ id })),
            broken: () => {
              throw new GraphQLError('broken', { extensions: { code: 'BROKEN' } });
            },
          },
          Product: {
            name: ({ id }: { id: string }) => `name ${id}`,
            price: (_: unknown, { currency = 'EUR' }: { currency?: string }) => PRICES[currency] ?? 0,
            weight: () => 3,
            strict: () => null,
          },
        },
      },
      stock: {
        sdl: `type Product @key(fields: "id") { id: ID! price(currency: String): Int @external
          euros: String @requires(fields: "price(currency: \\"EUR\\")")
          dollars: String @requires(fields: "price(currency: \\"USD\\")")
          left: Int rare: Int }
        type Query { hottest: Product }
        type Mutation { sell(id: ID!): Product! fill: Int! }`,
        resolvers: {
          Query: { hottest: () => ({ id: '2' }) },
          Mutation: { sell: (_: unknown, { id }: { id: string }) => ({ id }), fill: () => 7 },
          Product: {
            __resolveReference: (known: { id: string }) => (known.id === 'gone' ? null : known),
            euros: ({ price }: { price: number }) => `${price} €`,
            dollars: ({ price }: { price: number }) => `${price} $`,
            left: ({ id }: { id: string }) => Number(id),
            rare: ({ id }: { id: string }) => {
              if (id === '2') throw new GraphQLError('not this one', { extensions: { code: 'NOT_THIS' } });
              return 1;
            },
          },
        },
      },
    },
    options,
  );
