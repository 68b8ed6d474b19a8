import { types } from 'pg';
import { columnTypes, parseInstant } from './timestamps';

const TIMESTAMPTZ = 1184;
const asTheDriver = types.getTypeParser(TIMESTAMPTZ, 'text') as (text: string) => Date | number;

describe('instants', () => {
  it.each([
    '2026-11-20 14:08:48.123456+00',
    '2026-11-20 14:08:48.1+00',
    '2026-01-02 04:08:48+00',
    '1999-12-31 23:59:59.999999+00',
    '2024-02-29 00:00:00+00',
    '2026-11-20 14:08:48.12-05',
    '2026-11-20 14:08:48.12+05:30',
    '0044-03-15 12:00:00+00',
    '0044-03-15 12:00:00+00 BC',
    '12026-11-20 14:08:48+00',
    'infinity',
    '-infinity',
  ])('reads %s as the driver does', (text) => {
    expect(parseInstant(text)).toEqual(asTheDriver(text));
  });

  it('leaves the other types alone', () => {
    expect(columnTypes.getTypeParser(TIMESTAMPTZ)).toBe(parseInstant);
    expect(columnTypes.getTypeParser(23)).toBe(types.getTypeParser(23));
  });
});
