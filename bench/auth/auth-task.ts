/** What the workers of this part are asked. */
export interface TokenTask {
  readonly seconds: number;
}

export interface TokenResult {
  /** Processor time per check, all threads, in microseconds. */
  readonly remembered: number;
  readonly firstSight: number;
}

export interface LoginTask {
  readonly url: string;
  readonly emails: readonly string[];
  readonly password: string;
  readonly seconds: number;
}

export interface LoginResult {
  readonly signedIn: number;
  /** Told to come again: 429 and 504. */
  readonly turnedAway: number;
}
