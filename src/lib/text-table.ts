/** Breaks text at blanks so that no line is longer than `width`; a word that is longer is cut. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).flatMap((one) => pieces(one, width))) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

export interface Column {
  readonly title: string;
  readonly width: number;
  readonly align?: 'right';
}

/** Rows under titles; what is too long for its column ends in an ellipsis, except in the last one, which is wrapped. */
export function textTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const titles = columns.map(({ title }) => title);
  return [titles, ...rows].flatMap((cells) => rowLines(columns, cells));
}

function rowLines(columns: readonly Column[], cells: readonly string[]): string[] {
  const last = columns.length - 1;
  const before = columns.slice(0, last).map((column, i) => fitted(cells[i] ?? '', column));
  const indent = before.join(' ');
  const tail = columns[last]?.align === 'right' ? [fitted(cells[last] ?? '', columns[last])] : undefined;
  const lines = tail ?? wrapped(cells[last] ?? '', columns[last]?.width ?? 20);
  return lines.map((line, i) => `${i === 0 ? indent : ' '.repeat(indent.length)} ${line}`.trimEnd());
}

function fitted(text: string, { width, align }: Column): string {
  const cut = text.length > width ? `${text.slice(0, width - 1)}…` : text;
  return align === 'right' ? cut.padStart(width) : cut.padEnd(width);
}

function pieces(word: string, width: number): string[] {
  return word.length <= width ? [word] : (word.match(new RegExp(`.{1,${width}}`, 'gu')) ?? []);
}
