import { slugFor } from './slug';

describe('slugFor', () => {
  it.each([
    ['Élise & Fils — Plomberie', /^elise-fils-plomberie-[0-9a-f]{10}$/],
    ['株式会社', /^tenant-[0-9a-f]{10}$/],
    ['--', /^tenant-[0-9a-f]{10}$/],
    [`${'a'.repeat(47)} b`, /^a{47}-[0-9a-f]{10}$/],
  ])('makes a readable slug of %s', (name, slug) => {
    expect(slugFor(name)).toMatch(slug);
  });

  it('keeps namesakes apart', () => {
    expect(slugFor('Demo')).not.toBe(slugFor('Demo'));
  });
});
