import { newId } from '@parley/contracts';
import { wantedImpersonation } from './impersonation-header';

const ID = newId();

describe('the impersonation headers', () => {
  it('are none of our business when they are not there', () => {
    expect(wantedImpersonation({ 'x-impersonation-mode': 'write' })).toBeUndefined();
  });

  it.each(['x-impersonate-user-id', 'x-impersonated-user-id'])('%s names whom to act as', (name) => {
    expect(wantedImpersonation({ [name]: ID.toUpperCase() })).toEqual({
      userId: ID,
      mode: 'read',
      reason: '004 header',
    });
  });

  it('may say mode and reason', () => {
    const headers = {
      'x-impersonate-user-id': ID,
      'x-impersonated-user-id': ID,
      'x-impersonation-mode': 'Write',
      'x-impersonation-reason': ` ticket 4711 ${'x'.repeat(600)}`,
    };
    const wanted = wantedImpersonation(headers);
    expect(wanted).toMatchObject({ userId: ID, mode: 'write' });
    expect(wanted?.reason).toMatch(/^004 header: ticket 4711/);
    expect(wanted?.reason).toHaveLength(500);
  });

  it.each([
    ['an id that is none', { 'x-impersonate-user-id': 'root' }, 'x-impersonate-user-id'],
    ['an empty id', { 'x-impersonated-user-id': '' }, 'x-impersonated-user-id'],
    [
      'two different people',
      { 'x-impersonate-user-id': ID, 'x-impersonated-user-id': newId() },
      'x-impersonated-user-id',
    ],
    [
      'a mode that is none',
      { 'x-impersonate-user-id': ID, 'x-impersonation-mode': 'god' },
      'x-impersonation-mode',
    ],
  ])('are refused with %s', (_what, headers, field) => {
    expect(() => wantedImpersonation(headers)).toThrow(
      expect.objectContaining({ status: 400, details: [expect.objectContaining({ field })] }),
    );
  });
});
