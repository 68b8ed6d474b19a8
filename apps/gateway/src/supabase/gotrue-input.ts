import { GoTrueRefusal } from './gotrue.errors';

type Input = Readonly<Record<string, unknown>>;

/** What GoTrue's clients send beside the fields we read is theirs to send: PKCE, captcha. */
export function readBody(body: unknown): Input {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Input;
  throw new GoTrueRefusal(400, 'bad_json', 'Could not read the request body as a JSON object');
}

export function textOf(input: Input, field: string): string {
  const value = input[field];
  if (typeof value === 'string' && value !== '') return value;
  throw new GoTrueRefusal(400, 'validation_failed', `${field} is required`);
}

export const optionalTextOf = (input: Input, field: string): string | undefined =>
  typeof input[field] === 'string' && input[field] !== '' ? (input[field] as string) : undefined;

/** What Parley keeps of `user_metadata`. */
export interface Profile {
  name?: string;
  company?: string;
  locale?: 'en' | 'fr';
}

const NAMES = ['name', 'full_name', 'fullName', 'display_name', 'displayName'];
const COMPANIES = ['company', 'company_name', 'companyName', 'business_name', 'businessName'];
const LOCALES = ['locale', 'language'];
/** Ours to tell: a client that sends its user back unchanged means nothing by them. */
const DERIVED = ['email', 'email_verified', 'phone_verified', 'sub'];
const KNOWN = new Set([...NAMES, ...COMPANIES, ...LOCALES, ...DERIVED, 'first_name', 'last_name']);

/**
 * `options.data` of a sign-up, `data` of an update. What cannot be kept is refused rather than forgotten.
 * @throws GoTrueRefusal naming it
 */
export function readProfile(data: unknown): Profile {
  if (data === undefined || data === null) return {};
  const input = readBody(data);
  const unknown = Object.keys(input).filter((field) => !KNOWN.has(field));
  if (unknown.length > 0) {
    throw new GoTrueRefusal(
      422,
      'validation_failed',
      `User metadata holds name, company and locale here, not: ${unknown.join(', ')}`,
    );
  }
  const first = (fields: string[]): string | undefined =>
    fields.map((field) => optionalTextOf(input, field)).find((value) => value !== undefined);
  const names = ['first_name', 'last_name'].flatMap((field) => optionalTextOf(input, field) ?? []);
  const name = first(NAMES) ?? (names.length > 0 ? names.join(' ') : undefined);
  const company = first(COMPANIES);
  const locale = first(LOCALES)?.toLowerCase();
  return {
    ...(name ? { name } : {}),
    ...(company ? { company } : {}),
    ...(locale ? { locale: locale.startsWith('fr') ? 'fr' : 'en' } : {}),
  };
}
