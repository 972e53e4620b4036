/** A table for the terminal: columns as wide as their widest cell; the first and the last are text, the others figures. */
export function aligned(table: readonly (readonly string[])[]): string {
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => (row[column] ?? '').length)));
  const isText = (column: number, row: readonly string[]) => column === 0 || column === row.length - 1;
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (isText(i, row) ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)));
  return table.map((row) => `  ${line(row).join('  ').trimEnd()}`).join('\n');
}
