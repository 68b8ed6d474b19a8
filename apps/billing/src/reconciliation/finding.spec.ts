import { alertKeyOf, basisPointsOf, type Finding, isFlagged } from './finding';

const aFinding = (fields: Partial<Finding> = {}): Finding => ({
  kind: 'aggregate_wrong',
  tenantId: 'tenant',
  meter: 'sms',
  subject: 'period:1',
  found: 106,
  expected: 100,
  outcome: 'repaired',
  before: null,
  after: null,
  ...fields,
});

describe('findings', () => {
  it.each([
    [105, 100, 500, false],
    [106, 100, 600, true],
    [94, 100, 600, true],
    [1, 0, 10_000, true],
    [0, 0, 0, false],
    [1_001, 1_000, 10, false],
  ])(
    'of %i where %i should be differ by %i hundredths of a percent, flagged: %s',
    (found, expected, points, flagged) => {
      expect(basisPointsOf({ found, expected })).toBe(points);
      expect(isFlagged({ found, expected }, 5)).toBe(flagged);
    },
  );

  it('that nobody repaired are told once, until they are others', () => {
    const finding = aFinding({ outcome: 'alerted' });
    expect(alertKeyOf(finding, 'one')).toBe(alertKeyOf(finding, 'two'));
    expect(alertKeyOf({ ...finding, found: 107 }, 'two')).not.toBe(alertKeyOf(finding, 'one'));
  });

  it('that were repaired and come back are told again', () => {
    expect(alertKeyOf(aFinding(), 'one')).not.toBe(alertKeyOf(aFinding(), 'two'));
  });
});
