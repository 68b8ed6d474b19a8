import { appSecretProof } from './facebook-provider';
import { answersChallenge } from './social-codes';
import { emailOf, googleTrust, linkedinTrust, nameOf } from './social-profile';

const claims = (fields: object) => ({ sub: '1', email: 'ada@example.test', email_verified: true, ...fields });

describe('the word of a provider about an address', () => {
  it.each([
    [{ email: 'Ada@Gmail.com' }, 'authoritative'],
    [{ hd: 'example.test' }, 'authoritative'],
    [{ hd: 'example.test', email_verified: 'true' }, 'authoritative'],
    [{}, 'verified'],
    [{ hd: '' }, 'verified'],
    [{ email: 'ada@gmail.com.example.test' }, 'verified'],
    [{ email: 'ada@gmail.com', email_verified: false }, 'none'],
    [{ hd: 'example.test', email_verified: 'false' }, 'none'],
    [{ email_verified: 1 }, 'none'],
    [{ email_verified: undefined }, 'none'],
  ])('Google, %j: %s', (fields, trust) => {
    expect(googleTrust(claims(fields))).toBe(trust);
  });

  it.each([
    [true, 'verified'],
    ['true', 'verified'],
    ['TRUE', 'none'],
    [false, 'none'],
    [undefined, 'none'],
  ])('LinkedIn, %p: %s', (flag, trust) => {
    expect(linkedinTrust(claims({ email: 'ada@gmail.com', email_verified: flag }))).toBe(trust);
  });

  it('is heard only about addresses', () => {
    expect([' Ada@Example.test', 'ada', '', 7, null, undefined].map(emailOf)).toEqual([
      null,
      null,
      null,
      null,
      null,
      null,
    ]);
    expect(emailOf('Ada@Example.test')).toBe('ada@example.test');
  });

  it('tells names that can be kept and shown', () => {
    expect(nameOf(' Ada\u0000\nMartin ')).toBe('Ada  Martin');
    expect(nameOf('x'.repeat(300))).toHaveLength(200);
    expect([nameOf('\u0000'), nameOf(''), nameOf({})]).toEqual([null, null, null]);
  });
});

describe('published vectors', () => {
  it('of Facebook: appsecret_proof', () => {
    const secret = '0123456789abcdef'.repeat(2);
    expect(appSecretProof('EAASampleToken', secret)).toBe(
      'cae53cf38e33198cd24f2ed8ec6c94e06e4b6d070e0ee5cfafb8595b74111a7a',
    );
  });

  it('of RFC 7636: PKCE', () => {
    const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
    const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
    expect(answersChallenge(verifier, challenge)).toBe(true);
    expect(answersChallenge(`${verifier}x`, challenge)).toBe(false);
    expect(answersChallenge(undefined, challenge)).toBe(false);
  });
});
