import { type Row, toTable } from './row';

/** The result as a page of the documentation. */
export function toPage(
  rows: readonly Row[],
  notes: readonly string[],
  facts: readonly string[],
  parts: readonly string[],
): string {
  const missed = rows.filter(({ met }) => met === false);
  const told = missed.map(
    ({ part, what, ours, ratio, target, why }) =>
      `- ${part}, ${what}: ${ratio !== undefined && target?.includes('×') ? `${ratio.toFixed(2)}×` : ours} instead of ${target}. ${why ?? ''}`,
  );
  const verdict = missed.length === 0 ? 'Every target was met.' : `Missed:\n\n${told.join('\n')}`;
  return `# Bench

Written by \`npm run bench -- ${[...parts, '--write'].join(' ')}\`. Servers, contestants and load generators share one machine over
loopback, so read the figures as ratios. Absolute figures are the middle one of the rounds, ratios the middle one of the ratios within
a round.

${toTable(rows)}

${verdict}

${facts.map((fact) => `- ${fact}`).join('\n')}

## How it is measured

${notes.map((note) => `- ${note}`).join('\n')}
`;
}
