import { smsSegments } from './sms-segments';

describe('SMS segments', () => {
  it.each([
    ['a'.repeat(160), 1],
    ['a'.repeat(161), 2],
    ['é'.repeat(160), 1],
    ['€'.repeat(81), 2],
    ['ê'.repeat(70), 1],
    ['ê'.repeat(71), 2],
    ['', 1],
  ])('counts %p', (text, segments) => {
    expect(smsSegments(text)).toBe(segments);
  });
});
