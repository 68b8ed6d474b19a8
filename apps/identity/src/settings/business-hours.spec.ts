import { faultsOfBusinessHours } from './business-hours';

describe('business hours', () => {
  it('may have several intervals a day, in order', () => {
    const monday = [
      { opens: '08:00', closes: '12:00' },
      { opens: '12:00', closes: '24:00' },
    ];
    expect(faultsOfBusinessHours({ monday, sunday: [] })).toEqual([]);
  });

  it.each([
    ['close before they open', [{ opens: '17:00', closes: '08:00' }], 'businessHours.friday.0'],
    ['be empty', [{ opens: '08:00', closes: '08:00' }], 'businessHours.friday.0'],
    [
      'overlap',
      [
        { opens: '08:00', closes: '12:00' },
        { opens: '11:59', closes: '17:00' },
      ],
      'businessHours.friday.1',
    ],
  ])('must not %s', (_case, friday, field) => {
    expect(faultsOfBusinessHours({ friday })).toEqual([expect.objectContaining({ field })]);
  });
});
