/** Where tenants are that do not say. */
export const DEFAULT_COUNTRY = 'CA';
export const DEFAULT_TIMEZONE = 'America/Toronto';
