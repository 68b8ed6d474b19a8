/** Days as `YYYY-MM-DD`, both included. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

export const EVER: Days = { from: '-infinity', to: 'infinity' };
