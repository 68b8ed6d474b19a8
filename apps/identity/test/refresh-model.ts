/** What a refresh may answer: a token by its number in the family, or a refusal. */
export type Outcome = number | 'refused';

/**
 * The rules of rotation without database or time zone: a family of tokens numbered in the order they were made, the
 * last one current. Its direct parent answers for the grace with the same successor; anything older ends the family.
 */
export class RefreshModel {
  /** When each token but the current one was used, in seconds. */
  private usedAt: number[] = [];
  private ended = false;

  constructor(private readonly graceSeconds: number) {}

  get current(): number {
    return this.usedAt.length;
  }

  get alive(): boolean {
    return !this.ended;
  }

  copy(): RefreshModel {
    const copy = new RefreshModel(this.graceSeconds);
    copy.usedAt = [...this.usedAt];
    copy.ended = this.ended;
    return copy;
  }

  refresh(token: number, at: number): Outcome {
    if (this.ended) return 'refused';
    if (token === this.current) {
      this.usedAt.push(at);
      return this.current;
    }
    const isParent = token === this.current - 1;
    if (isParent && at - (this.usedAt[token] ?? 0) <= this.graceSeconds) return this.current;
    this.ended = true;
    return 'refused';
  }
}

/** Every order the tokens of one moment can take their turns in. */
export function ordersOf(tokens: readonly number[]): number[][] {
  if (tokens.length <= 1) return [[...tokens]];
  return tokens.flatMap((token, index) =>
    ordersOf(tokens.filter((_each, other) => other !== index)).map((rest) => [token, ...rest]),
  );
}
