import { toFacts, WITHHELD } from './audited-act';

describe('facts of an act', () => {
  it('lose fields named like secrets, at every depth', () => {
    expect(toFacts({ name: 'n', keys: [{ secretHash: 'x', scope: 's' }], newPassword: 'x' })).toEqual({
      name: 'n',
      keys: [{ secretHash: WITHHELD, scope: 's' }],
      newPassword: WITHHELD,
    });
  });

  it('are what jsonb gives back', () => {
    expect(toFacts({ at: new Date(0), none: undefined, nil: null })).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      nil: null,
    });
    expect(toFacts(undefined)).toBeNull();
  });
});
