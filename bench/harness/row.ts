/** One line of the result. */
export interface Row {
  readonly part: string;
  readonly what: string;
  readonly ours: string;
  readonly theirs?: string;
  /** Ours by theirs. */
  readonly ratio?: number;
  readonly target?: string;
  readonly met?: boolean;
  /** Where the time or memory goes; told when the target is missed. */
  readonly why?: string;
}

export interface PartResult {
  readonly rows: readonly Row[];
  /** How it was measured, and what was left out. */
  readonly notes: readonly string[];
}

const COLUMNS = ['part', 'what', 'ours', 'theirs', 'ratio', 'target', 'met?'] as const;

/** As aligned text that is also a Markdown table. */
export function toTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.part,
    row.what,
    row.ours,
    row.theirs ?? '',
    row.ratio === undefined ? '' : `${row.ratio.toFixed(2)}×`,
    row.target ?? '',
    row.met === undefined ? '' : row.met ? 'yes' : '**no**',
  ]);
  const widths = COLUMNS.map((title, column) =>
    Math.max(title.length, ...cells.map((line) => line[column]?.length ?? 0)),
  );
  const line = (texts: readonly string[]): string =>
    `| ${texts.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(COLUMNS), rule, ...cells.map(line)].join('\n');
}

export const micros = (value: number): string => `${Math.round(value)} µs`;
export const perSecond = (rate: number): string => `${Math.round(rate).toLocaleString('en')}/s`;
export const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} ms`;
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
export const megabytes = (value: number): string => `${Math.round(value)} MB`;
