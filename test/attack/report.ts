import { reasonFor } from './unproved';

/** What one attempt was, and what came back. */
export interface Attempt {
  /** Kind of attack, such as `token: alg none`. */
  attack: string;
  /** Where it was tried, such as `GET /v1/calls/{id}`. */
  door: string;
  /** What came back: a status, a refusal's code. */
  outcome: string;
  /** Why this is not as it should be; absent when the wall held. */
  finding?: string;
  /** Refused, but for another reason than who asks: the wall behind it was not reached. */
  unproved?: boolean;
}

/** What a wall made of one attempt. */
export interface Verdict {
  finding?: string | undefined;
  unproved?: boolean | undefined;
}

/** Everything that was tried. */
export class Report {
  readonly attempts: Attempt[] = [];

  add(attack: string, door: string, outcome: string | number, verdict?: string | Verdict): void {
    const { finding, unproved } = typeof verdict === 'string' ? { finding: verdict } : (verdict ?? {});
    this.attempts.push({
      attack,
      door,
      outcome: String(outcome),
      ...(finding ? { finding } : {}),
      ...(unproved ? { unproved } : {}),
    });
  }

  /** A step without which an attack proves nothing. */
  assertSetUp(what: string, worked: boolean): void {
    if (!worked) throw new Error(`${what} did not work: what follows would prove nothing`);
  }

  get findings(): Attempt[] {
    return this.attempts.filter(({ finding }) => finding !== undefined);
  }

  /** Doors of an attack with an attempt that proved nothing, and why; without those of `UNPROVED`. */
  get unproved(): string[] {
    const doors = new Map<string, Set<string>>();
    for (const { attack, door, outcome, unproved } of this.attempts) {
      if (!unproved || reasonFor(attack, door)) continue;
      const place = `${attack} at ${door}`;
      doors.set(place, (doors.get(place) ?? new Set()).add(outcome));
    }
    return [...doors].map(([place, outcomes]) => `${place}: ${[...outcomes].join(', ')}`);
  }

  /** One line per kind of attack: doors tried, answers by how often they came, findings. */
  toString(): string {
    const kinds = new Map<string, Attempt[]>();
    for (const attempt of this.attempts) {
      kinds.set(attempt.attack, [...(kinds.get(attempt.attack) ?? []), attempt]);
    }
    const width = Math.max(...[...kinds.keys()].map(({ length }) => length), 6);
    const lines = [...kinds].map(([attack, attempts]) => {
      const doors = new Set(attempts.map(({ door }) => door)).size;
      const findings = attempts.filter(({ finding }) => finding).length;
      return `${attack.padEnd(width)}  ${pad(attempts.length)}  ${pad(doors)}  ${pad(findings)}  ${outcomesOf(attempts)}`;
    });
    const head = `${'attack'.padEnd(width)}   tries   doors  findings  what came back`;
    const found = this.findings.map(
      ({ attack, door, outcome, finding }) => `FINDING ${attack} at ${door}: ${outcome}: ${finding}`,
    );
    const unproved = this.unproved.map((line) => `NOT PROVED ${line}`);
    const explained = this.attempts.filter(({ unproved: is }) => is).length;
    const sum = `${this.attempts.length} attempts, ${found.length} findings, ${explained} attempts that prove nothing, ${unproved.length} doors of them unexplained`;
    return [head, ...lines, '', sum, ...unproved, ...found].join('\n');
  }
}

const pad = (value: number): string => String(value).padStart(6);

function outcomesOf(attempts: readonly Attempt[]): string {
  const counts = new Map<string, number>();
  for (const { outcome } of attempts) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 6)
    .map(([outcome, count]) => `${outcome} x${count}`)
    .join(', ');
}
