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

/** What contestants did in rounds they took in turns. */
export class Rounds<Name extends string> {
  constructor(private readonly measured: readonly Readonly<Record<Name, number>>[]) {}

  /** The middle one of its rounds. */
  of(name: Name): number {
    return median(this.measured.map((round) => round[name]));
  }

  /** The middle one of what was compared within a round: what disturbs the machine disturbs neighbours alike. */
  ratio(ours: Name, theirs: Name): number {
    return median(this.measured.map((round) => round[ours] / round[theirs]));
  }
}

/** A B C A B C, so that whatever else the machine does meets all contestants. */
export async function takeTurns<Name extends string>(
  contestants: readonly Name[],
  rounds: number,
  measure: (contestant: Name) => Promise<number>,
): Promise<Rounds<Name>> {
  const measured: Record<Name, number>[] = [];
  for (let round = 0; round < rounds; round++) {
    const results = {} as Record<Name, number>;
    for (const name of contestants) results[name] = await measure(name);
    measured.push(results);
  }
  return new Rounds(measured);
}
