import { randomBytes } from 'node:crypto';
import { SYSTEM_CONFIG_KEYS } from '@parley/contracts';
import { entryOf, fromText, lastFourOf, toText } from './catalogue';

describe('the catalogue of system configuration', () => {
  it('has every setting that administrators may change (BR-022)', () => {
    const keys = SYSTEM_CONFIG_KEYS.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toEqual(
      expect.arrayContaining([
        'ELEVENLABS_API_KEY',
        'STRIPE_SECRET_KEY',
        'STRIPE_WEBHOOK_SECRET',
        'RESEND_API_KEY',
        'EMAIL_FROM',
        'UPLOAD_LIMIT_BYTES',
      ]),
    );
  });

  it.each([
    ['FREE_CREDITS', 20, '20'],
    ['EMAIL_FROM', 'Parley <no-reply@parley.example>', 'Parley <no-reply@parley.example>'],
    ['PUBLIC_URL', 'https://hooks.example.com/x', 'https://hooks.example.com/x'],
  ])('keeps %s as the text it would be in the environment', (key, value, text) => {
    expect(toText(entryOf(key), value)).toBe(text);
    expect(fromText(entryOf(key), text)).toEqual(value);
  });

  it.each([
    ['FREE_CREDITS', '20', 'value'],
    ['FREE_CREDITS', -1, 'value'],
    ['FREE_CREDITS', 1.5, 'value'],
    ['EMAIL_FROM', 'nobody', 'value'],
    ['EMAIL_FROM', 'a@example.com\r\nBcc: b@example.com', 'value'],
    ['PUBLIC_URL', 'javascript:alert(1)', 'value'],
    ['RESEND_API_KEY', 'has blanks in it', 'value'],
    ['RESEND_API_KEY', { nested: true }, 'value'],
    ['TWILIO_ACCOUNT_SID', '../Accounts', 'value'],
    ['BODY_LIMIT_BYTES', 10, 'value'],
  ])('refuses %s %j and names the field', (key, value, field) => {
    expect(() => toText(entryOf(key), value)).toThrow(
      expect.objectContaining({ code: 'VALIDATION_FAILED', details: [expect.objectContaining({ field })] }),
    );
  });

  it('does not repeat a refused secret', () => {
    const key = `${randomBytes(20).toString('hex')} ${randomBytes(4).toString('hex')}`;
    try {
      toText(entryOf('RESEND_API_KEY'), key);
    } catch (error) {
      expect(JSON.stringify(error) + String(error)).not.toContain(key.slice(0, 10));
    }
    expect.assertions(1);
  });

  it('shows the end of secrets only, and of short ones nothing', () => {
    expect(lastFourOf(entryOf('RESEND_API_KEY'), 'abcdefghijklmnop')).toBe('mnop');
    expect(lastFourOf(entryOf('RESEND_API_KEY'), 'abcdefgh')).toBeNull();
    expect(lastFourOf(entryOf('EMAIL_FROM'), 'somebody@parley.example')).toBeNull();
  });

  it('knows no other keys', () => {
    expect(() => entryOf('DATABASE_URL')).toThrow(expect.objectContaining({ status: 404 }));
  });
});
