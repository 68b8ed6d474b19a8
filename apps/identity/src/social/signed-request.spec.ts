import { createHmac } from 'node:crypto';
import { userOfSignedRequest } from './signed-request';

const SECRET = 'sandbox';
const sign = (facts: unknown, secret = SECRET): string => {
  const payload = Buffer.from(JSON.stringify(facts)).toString('base64url');
  return `${createHmac('sha256', secret).update(payload).digest('base64url')}.${payload}`;
};

describe('a signed request of Facebook', () => {
  const facts = { algorithm: 'HMAC-SHA256', user_id: '1234', issued_at: 1_700_000_000 };

  it('says who it is about', () => {
    expect(userOfSignedRequest(sign(facts), SECRET)).toBe('1234');
  });

  it.each([
    ['under another secret', sign(facts, 'other')],
    [
      'with another payload',
      `${sign(facts).split('.')[0]}.${sign({ ...facts, user_id: '1' }).split('.')[1]}`,
    ],
    ['by another algorithm', sign({ ...facts, algorithm: 'none' })],
    ['about nobody', sign({ ...facts, user_id: undefined })],
    ['that is no object', sign('1234')],
    ['that is null', sign(null)],
    ['without a signature', `.${sign(facts).split('.')[1]}`],
    ['without a dot', 'abc'],
    ['that is empty', ''],
  ])('counts for nothing %s', (_case, signedRequest) => {
    expect(userOfSignedRequest(signedRequest, SECRET)).toBeUndefined();
  });
});
