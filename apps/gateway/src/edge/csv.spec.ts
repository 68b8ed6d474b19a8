import { csvLine } from './csv';

describe('lines of CSV', () => {
  it.each(['=1+1', '+1', '@SUM(A1)', '-cmd', ' =x', '\t=x', '\r=x'])('make no formula of %j', (text) => {
    expect(csvLine([text])).toBe(`"'${text}"\r\n`);
  });

  it('keep figures, also below zero', () => {
    expect(csvLine(['-3', '12'])).toBe('"-3","12"\r\n');
  });

  it('keep quotes, commas and line ends inside their cell', () => {
    expect(csvLine(['a "b", c\nd'])).toBe('"a ""b"", c\nd"\r\n');
  });
});
