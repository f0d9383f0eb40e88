/** Text that stands in a cell of a table as it is. */
export const cell = (text: string) => text.replaceAll(/\s*\n\s*/g, ' ').replaceAll('|', '\\|');

/** Text as code, for names and paths. */
export const code = (text: string) => `\`${text.replaceAll('`', "'")}\``;

/** A table. Cells may hold Markdown, and are escaped where they would end early. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A list with bullets. */
export const bullets = (lines: readonly string[]) => lines.map((text) => `- ${cell(text)}`).join('\n');

/** What is folded away until somebody asks for it. */
export const folded = (title: string, content: string) =>
  `<details>\n<summary>${title}</summary>\n\n${content}\n\n</details>`;

/** `1 problem`, `2 problems`. */
export const count = (number: number, one: string, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;
