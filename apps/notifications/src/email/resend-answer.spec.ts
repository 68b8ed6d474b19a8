import { outcomeOf } from './resend-answer';

const refusal = (name: string) => JSON.stringify({ name, message: 'about elise@example.com' });

describe('an answer of Resend', () => {
  it('with an id says that the mail is sent', () => {
    expect(outcomeOf(200, '{"id":"abc"}')).toEqual({ kind: 'sent', providerId: 'abc' });
  });

  it.each([
    [200, '{}'],
    [200, '<html>'],
    [409, refusal('concurrent_idempotent_requests')],
    [429, refusal('rate_limit_exceeded')],
    [500, refusal('application_error')],
    [503, ''],
  ])('of %i %s is worth another try', (status, body) => {
    expect(outcomeOf(status, body).kind).toBe('try-again');
  });

  it.each([
    [403, refusal('invalid_api_key')],
    [409, refusal('invalid_idempotent_request')],
    [422, refusal('validation_error')],
    [302, ''],
  ])('of %i %s is final', (status, body) => {
    expect(outcomeOf(status, body).kind).toBe('refused');
  });

  it('keeps no words that may name somebody', () => {
    expect(outcomeOf(422, refusal('validation_error'))).toEqual({
      kind: 'refused',
      error: '422 validation_error',
    });
    expect(outcomeOf(422, refusal('to: elise@example.com'))).toEqual({ kind: 'refused', error: '422' });
  });

  it('is waited for as long as it asks, an hour at most', () => {
    expect(outcomeOf(429, '', '7')).toMatchObject({ afterSeconds: 7 });
    expect(outcomeOf(429, '', '999999')).toMatchObject({ afterSeconds: 3600 });
    expect(outcomeOf(429, '', 'soon')).not.toHaveProperty('afterSeconds');
  });
});
