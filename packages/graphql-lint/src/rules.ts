import type { Linter } from 'eslint';

/** Naming: types in PascalCase, fields in camelCase, enum values in CAPITALS, inputs and payloads by their suffix. */
const naming: Linter.RuleEntry = [
  'error',
  {
    types: 'PascalCase',
    FieldDefinition: 'camelCase',
    InputValueDefinition: 'camelCase',
    DirectiveDefinition: 'camelCase',
    EnumValueDefinition: 'UPPER_CASE',
    InputObjectTypeDefinition: { suffix: 'Input' },
    'FieldDefinition[parent.name.value=Query]': { forbiddenPrefixes: ['get', 'query', 'list'] },
    'FieldDefinition[parent.name.value=Mutation]': { forbiddenSuffixes: ['Mutation'] },
  },
];

/** What the SDL of every subgraph keeps to: described throughout, named alike, lists as Relay connections. */
export const rules: Linter.RulesRecord = {
  '@graphql-eslint/require-description': [
    'error',
    {
      types: true,
      FieldDefinition: true,
      InputValueDefinition: true,
      EnumValueDefinition: true,
      DirectiveDefinition: true,
      // Said once, by the subgraph that owns the entity.
      ignoredSelectors: [
        'ObjectTypeDefinition[name.value=User]',
        'ObjectTypeDefinition:has(Argument[name.value=resolvable])',
        '[name.value=/^(Query|Mutation|Subscription)$/]',
      ],
    },
  ],
  '@graphql-eslint/naming-convention': naming,
  '@graphql-eslint/relay-page-info': 'off',
  '@graphql-eslint/relay-connection-types': 'error',
  '@graphql-eslint/relay-edge-types': [
    'error',
    { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false },
  ],
  '@graphql-eslint/relay-arguments': 'error',
  '@graphql-eslint/require-deprecation-reason': 'error',
  '@graphql-eslint/no-hashtag-description': 'error',
  '@graphql-eslint/unique-field-definition-names': 'error',
  '@graphql-eslint/unique-enum-value-names': 'error',
};
