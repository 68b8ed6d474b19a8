import { generateSync } from 'otplib';
import { acceptedStep, newTotpSecret, totpUri } from './totp';

const AT = new Date('2026-11-20T14:00:10Z');
const STEP = Math.floor(AT.getTime() / 30_000);
const secret = newTotpSecret();
const codeOf = (step: number): string => generateSync({ secret, epoch: step * 30 });

describe('a code of an authenticator app', () => {
  it.each([-1, 0, 1])('is good %i steps from now', (away) => {
    expect(acceptedStep(secret, codeOf(STEP + away), null, AT)).toBe(STEP + away);
  });

  it.each([-2, 2])('is not good %i steps from now', (away) => {
    expect(acceptedStep(secret, codeOf(STEP + away), null, AT)).toBeUndefined();
  });

  it('is not good again, nor is one from before it', () => {
    expect(acceptedStep(secret, codeOf(STEP), STEP, AT)).toBeUndefined();
    expect(acceptedStep(secret, codeOf(STEP - 1), STEP, AT)).toBeUndefined();
    expect(acceptedStep(secret, codeOf(STEP + 1), STEP, AT)).toBe(STEP + 1);
  });

  it('is not good with another secret', () => {
    expect(acceptedStep(newTotpSecret(), codeOf(STEP), null, AT)).toBeUndefined();
  });
});

it('an otpauth address names the issuer, the account and the secret', () => {
  const uri = new URL(totpUri(secret, 'elise+1@example.com'));
  expect(decodeURIComponent(uri.pathname)).toBe('/Parley:elise+1@example.com');
  expect(Object.fromEntries(uri.searchParams)).toMatchObject({ secret, issuer: 'Parley' });
});
