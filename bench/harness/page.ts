import { type Row, toTable } from './row';

/** The result as a page of the documentation. */
export function toPage(
  rows: readonly Row[],
  notes: readonly string[],
  facts: readonly string[],
  parts: readonly string[],
): string {
  const missed = rows.filter(({ met }) => met === false);
  const verdict =
    missed.length === 0
      ? 'Every target was met.'
      : `Missed: ${missed.map(({ part, what, ours, target }) => `${part} (${what}: ${ours}, target ${target})`).join('; ')}.`;
  return `# Bench

Written by \`npm run bench -- ${[...parts, '--write'].join(' ')}\`. Servers, contestants and load generators share one machine over
loopback, so read the figures as ratios.

${toTable(rows)}

${verdict}

${facts.map((fact) => `- ${fact}`).join('\n')}

## How it is measured

${notes.map((note) => `- ${note}`).join('\n')}
`;
}
