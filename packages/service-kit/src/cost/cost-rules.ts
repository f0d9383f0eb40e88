import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  valueFromASTUntyped,
} from 'graphql';
import { linkedDirectiveName } from '../graphql/linked-directives.ts';

/** How long a list is, as `@listSize` says. */
export interface ListSizeRule {
  /** When no slicing argument is given. */
  readonly assumedSize?: number | undefined;
  /** Arguments that set the length, or dotted paths into input objects (`page.first`). The greatest counts. */
  readonly slicingArguments: readonly string[];
  /** Lists within the field's type that have the length, rather than the field itself. */
  readonly sizedFields: readonly string[];
  /** Whether exactly one slicing argument must be given. */
  readonly requireOneSlicingArgument: boolean;
}

/** The cost directives of a schema. */
export interface CostRules {
  /** `@cost` by coordinate: `Type`, `Type.field`, `Type.field(argument:)`, `Input.field`. */
  readonly weights: ReadonlyMap<string, number>;
  /** `@listSize` by `Type.field`. */
  readonly listSizes: ReadonlyMap<string, ListSizeRule>;
}

/** No directive says anything: only the defaults count. */
export const NO_COST_RULES: CostRules = { weights: new Map(), listSizes: new Map() };

const SPEC = 'https://specs.apollo.dev/cost';

const argumentsOf = (directive: ConstDirectiveNode): Readonly<Record<string, unknown>> =>
  Object.fromEntries((directive.arguments ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value)]));

const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

function toListSize(directive: ConstDirectiveNode): ListSizeRule {
  const { assumedSize, slicingArguments, sizedFields, requireOneSlicingArgument } = argumentsOf(directive);
  const slicing = strings(slicingArguments);
  return {
    assumedSize: typeof assumedSize === 'number' ? assumedSize : undefined,
    slicingArguments: slicing,
    sizedFields: strings(sizedFields),
    requireOneSlicingArgument: slicing.length > 0 && requireOneSlicingArgument !== false,
  };
}

/** Reads `@cost` and `@listSize` from the text of a supergraph, under whatever names it links them. */
export function readCostRules(document: DocumentNode): CostRules {
  const cost = linkedDirectiveName(document, { spec: SPEC, directive: 'cost' });
  const listSize = linkedDirectiveName(document, { spec: SPEC, directive: 'listSize' });
  if (cost === undefined || listSize === undefined) return NO_COST_RULES;
  const weights = new Map<string, number>();
  const listSizes = new Map<string, ListSizeRule>();

  function weigh(coordinate: string, node: { readonly directives?: readonly ConstDirectiveNode[] | undefined }): void {
    const directive = node.directives?.find(({ name }) => name.value === cost);
    const weight = directive && Number(argumentsOf(directive).weight);
    if (weight !== undefined && Number.isFinite(weight)) weights.set(coordinate, weight);
  }

  function readField(type: string, field: FieldDefinitionNode | InputValueDefinitionNode): void {
    const coordinate = `${type}.${field.name.value}`;
    weigh(coordinate, field);
    if (field.kind !== Kind.FIELD_DEFINITION) return;
    for (const argument of field.arguments ?? []) weigh(`${coordinate}(${argument.name.value}:)`, argument);
    const sized = field.directives?.find(({ name }) => name.value === listSize);
    if (sized) listSizes.set(coordinate, toListSize(sized));
  }

  for (const node of document.definitions) {
    if (!('name' in node) || !('directives' in node) || node.kind === Kind.FRAGMENT_DEFINITION) continue;
    const type = node.name?.value ?? '';
    weigh(type, node as { directives?: readonly ConstDirectiveNode[] });
    if ('fields' in node) for (const field of node.fields ?? []) readField(type, field);
  }
  return { weights, listSizes };
}
