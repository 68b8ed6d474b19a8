/** Rows that decide nothing any more once they are as old as this. */
export interface ExpiryRule {
  readonly table: string;
  /** Of `$1`: the instant so many days ago. */
  readonly expired: string;
  readonly keepDays: number;
}

/** Anybody can make such rows by guessing and asking; nobody may fill the disk that way. */
export const EXPIRED_ROWS: readonly ExpiryRule[] = [
  { table: 'login_attempts', expired: 'at < $1', keepDays: 30 },
  { table: 'login_guards', expired: 'updated_at < $1', keepDays: 1 },
  { table: 'login_door_guards', expired: 'updated_at < $1', keepDays: 1 },
  { table: 'known_devices', expired: 'coalesce(last_used_at, created_at) < $1', keepDays: 180 },
  // Their tokens go with them; before that a reused token could not be told from an unknown one.
  { table: 'auth_sessions', expired: 'expires_at < $1', keepDays: 30 },
  { table: 'invitations', expired: 'expires_at < $1', keepDays: 30 },
  { table: 'mfa_challenges', expired: 'expires_at < $1', keepDays: 0 },
  // An enrolment that nobody finished.
  { table: 'mfa_totp', expired: 'confirmed_at IS NULL AND created_at < $1', keepDays: 1 },
];
