import { type ConstDirectiveNode, type DocumentNode, Kind, type ObjectValueNode, type StringValueNode } from 'graphql';

/** The specification a directive belongs to, for example `https://specs.apollo.dev/cost`, and its own name in it. */
export interface SpecifiedDirective {
  /** The URL of the specification, its version left out. */
  readonly spec: string;
  readonly directive: string;
}

/** The `@link`s of a schema document. */
function linksOf(document: DocumentNode): readonly ConstDirectiveNode[] {
  return document.definitions.flatMap((node) => {
    const isSchema = node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION;
    return isSchema ? (node.directives ?? []).filter(({ name }) => name.value === 'link') : [];
  });
}

const argumentOf = (directive: ConstDirectiveNode, name: string) =>
  directive.arguments?.find((argument) => argument.name.value === name)?.value;

const stringOf = (directive: ConstDirectiveNode, name: string): string | undefined => {
  const value = argumentOf(directive, name);
  return value?.kind === Kind.STRING ? value.value : undefined;
};

const fieldOf = (value: ObjectValueNode, name: string) =>
  value.fields.find((field): field is typeof field & { value: StringValueNode } => {
    return field.name.value === name && field.value.kind === Kind.STRING;
  })?.value.value;

/** Under which name a link imports a directive; undefined when it doesn't. */
function importedName(link: ConstDirectiveNode, directive: string): string | undefined {
  const list = argumentOf(link, 'import');
  for (const item of list?.kind === Kind.LIST ? list.values : []) {
    if (item.kind === Kind.STRING && item.value === `@${directive}`) return directive;
    if (item.kind !== Kind.OBJECT || fieldOf(item, 'name') !== `@${directive}`) continue;
    return (fieldOf(item, 'as') ?? `@${directive}`).slice(1);
  }
  return undefined;
}

/** The links of a schema to a specification, whatever the version. */
export const linksTo = (document: DocumentNode, spec: string): readonly ConstDirectiveNode[] =>
  linksOf(document).filter((link) => stringOf(link, 'url')?.startsWith(`${spec}/v`));

/**
 * What a directive of a specification is called in this schema: imports rename it, `as` changes its prefix, and the
 * directive that is named as its specification has none. Undefined when the schema doesn't link the specification.
 */
export function linkedDirectiveName(document: DocumentNode, wanted: SpecifiedDirective): string | undefined {
  const [link] = linksTo(document, wanted.spec);
  if (!link) return undefined;
  const specName = wanted.spec.slice(wanted.spec.lastIndexOf('/') + 1);
  const prefix = stringOf(link, 'as') ?? specName;
  return (
    importedName(link, wanted.directive) ?? (wanted.directive === specName ? prefix : `${prefix}__${wanted.directive}`)
  );
}
