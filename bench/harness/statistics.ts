export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Linear interpolation between the neighbours, as most tools have it. */
export function quantile(values: readonly number[], fraction: number): number {
  if (values.length === 0) throw new Error('Nothing was measured');
  const sorted = Float64Array.from(values).sort();
  const position = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

/**
 * Contestants take turns, A B C A B C, so that whatever else the machine does meets all of them; the median round
 * of each counts.
 */
export async function takeTurns<Name extends string>(
  contestants: readonly Name[],
  rounds: number,
  measure: (contestant: Name) => Promise<number>,
): Promise<Record<Name, number>> {
  const measured = new Map<Name, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const name of contestants) {
      measured.set(name, [...(measured.get(name) ?? []), await measure(name)]);
    }
  }
  const entries = [...measured].map(([name, values]) => [name, median(values)] as const);
  return Object.fromEntries(entries) as Record<Name, number>;
}
