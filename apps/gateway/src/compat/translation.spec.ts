import fc from 'fast-check';
import { rowsOf, toTarget } from './compat-routes';
import { type Json, toBoth, toCamel, toSnake } from './letter-case';
import { settingsFrom004, settingsOf004 } from './shapes';
import { readRequest, targetOf, tell } from './translation';

const row = rowsOf('001');

describe('letters', () => {
  it.each([
    ['userId', 'user_id'],
    ['nextCursor', 'next_cursor'],
    ['e164', 'e164'],
    ['postCallSmsDelaySeconds', 'post_call_sms_delay_seconds'],
    ['sha256Hash', 'sha256_hash'],
    ['id', 'id'],
  ])('%s is %s', (camel, snake) => {
    expect(toSnake({ [camel]: 1 })).toEqual({ [snake]: 1 });
    expect(toCamel({ [snake]: 1 })).toEqual({ [camel]: 1 });
  });

  it('go there and back through any depth, and leave values alone', () => {
    const name = fc.stringMatching(/^[a-z]{1,6}([A-Z][a-z]{1,5}){0,2}$/);
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<Json>('some_text', 'someText', 1, true, null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(fc.property(value, (json) => expect(toCamel(toSnake(json as Json))).toEqual(json)));
  });

  it('keep what is the caller’s own', () => {
    expect(toSnake({ metadata: { ownField: { otherField: 1 } } })).toEqual({
      metadata: { ownField: { otherField: 1 } },
    });
  });

  it('refuse a field that comes twice', () => {
    expect(() => toCamel({ new_password: 'a', newPassword: 'b' })).toThrow('newPassword');
  });

  it('come in both kinds where designs share a path', () => {
    expect(toBoth({ accessToken: 'x', user: { id: 1 } })).toEqual({
      accessToken: 'x',
      access_token: 'x',
      user: { id: 1 },
    });
  });
});

describe('translation', () => {
  const route = row('POST /a', '/v1/a', {
    names: { newPassword: 'password' },
    or: { field: 'token', to: toTarget('PUT /v1/b?x=1') },
  });

  it('reads names of the design as ours, and back in errors', () => {
    expect(readRequest(route, { new_password: 'x', token: 't' }, 'body')).toEqual({
      password: 'x',
      token: 't',
    });
    const error = {
      code: 'VALIDATION_FAILED',
      message: 'Invalid input: password',
      details: [{ field: 'password', message: 'is too short' }],
    };
    expect(tell(route, 400, { error }).body).toEqual({
      error: {
        code: 'VALIDATION_FAILED',
        message: 'Invalid input: new_password',
        details: [{ field: 'new_password', message: 'is too short' }],
      },
    });
  });

  it('chooses the operation by what the body holds', () => {
    expect(targetOf(route, { token: 't' })).toEqual({ method: 'PUT', path: '/v1/b', query: 'x=1' });
    expect(targetOf(route, { email: 'a@b.test' })).toBeUndefined();
    expect(targetOf(route, undefined)).toBeUndefined();
  });

  it.each([[[]], ['text'], [null], [undefined], [5]])('leaves %j for the canonical route', (body) => {
    expect(readRequest(route, body, 'body')).toBe(body);
  });

  it('tells errors of 004 as text', () => {
    const { body } = tell(rowsOf('004')('GET /x', '/v1/x'), 404, {
      error: { code: 'NOT_FOUND', message: 'Not found', requestId: 'r-1', timestamp: 't' },
    });
    expect(body).toEqual({ error: 'Not found', request_id: 'r-1' });
  });

  it('reads and shows the week of 004', () => {
    const ours = settingsFrom004({
      businessHours: {
        monday: { open: '08:00', close: '18:00', closed: false },
        sunday: { open: null, close: null, closed: true },
        tuesday: [{ opens: '09:00', closes: '12:00' }],
      },
    });
    expect(ours).toEqual({
      businessHours: {
        monday: [{ opens: '08:00', closes: '18:00' }],
        sunday: [],
        tuesday: [{ opens: '09:00', closes: '12:00' }],
      },
    });
    expect(settingsOf004(ours)).toMatchObject({
      businessHours: {
        monday: { open: '08:00', close: '18:00', closed: false },
        sunday: { open: null, close: null, closed: true },
        friday: { closed: true },
      },
    });
  });
});
