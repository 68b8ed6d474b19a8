import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/min';

/**
 * E.164, or undefined when the text cannot be a phone number. Without a country code the number is read as
 * `region` (BR-074, C-87). Possible numbers are accepted, not only assigned ones.
 */
export function normalizePhone(text: string, region: CountryCode = 'CA'): string | undefined {
  const parsed = parsePhoneNumberFromString(text, region);
  return parsed?.isPossible() ? parsed.number : undefined;
}
