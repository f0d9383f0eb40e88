/** A column of a table: its heading, and how a row is written in it. */
export interface Column<Row> {
  readonly heading: string;
  /** Numbers are put to the right; default left. */
  readonly align?: 'left' | 'right';
  cell(row: Row): string;
}

const cellText = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** A Markdown table whose source is readable too: every column as wide as its widest cell. */
export function markdownTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = columns.map(({ heading, cell }) => [cellText(heading), ...rows.map((row) => cellText(cell(row)))]);
  const widths = cells.map((column) => Math.max(3, ...column.map((cell) => cell.length)));
  const line = (parts: readonly string[]) => `| ${parts.join(' | ')} |`;
  const pad = (text: string, column: number) => {
    const width = widths[column] ?? 0;
    return columns[column]?.align === 'right' ? text.padStart(width) : text.padEnd(width);
  };
  const rule = columns.map(({ align }, column) => {
    const width = widths[column] ?? 3;
    return align === 'right' ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width);
  });
  const written = [0, ...rows.map((_, index) => index + 1)].map((at) =>
    line(cells.map((column, index) => pad(column[at] ?? '', index))),
  );
  return [written[0], line(rule), ...written.slice(1)].join('\n');
}
