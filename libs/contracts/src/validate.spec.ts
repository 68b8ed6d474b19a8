import { Invalid } from './errors';
import { Bool, Day, Email, Instant, Int, ListOf, Nested, Phone, Text, Uuid } from './fields';
import { parseAs } from './validate';

class Address {
  @Text({ max: 10 }) city: string;
}

class Sample {
  @Uuid({ optional: true }) id?: string;
  @Int({ optional: true, min: 1, max: 200 }) limit?: number;
  @Bool({ optional: true }) active?: boolean;
  @Phone({ optional: true }) phone?: string;
  @Email({ optional: true }) email?: string;
  @Instant({ optional: true }) at?: string;
  @Day({ optional: true }) day?: string;
  @Text({ optional: true, nullable: true }) note?: string | null;
  @Nested(() => Address, { optional: true }) address?: Address;
  @ListOf(() => Address, { optional: true }) others?: Address[];
}

function faultsOf(input: unknown, source: 'body' | 'query' = 'body'): string[] {
  try {
    parseAs(Sample, input, source);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(Invalid);
    const { details } = error as Invalid;
    return (details as { field: string }[]).map(({ field }) => field);
  }
}

describe('parseAs', () => {
  it('names every faulty field, nested ones by their path', () => {
    const input = { id: 'x', limit: 0, address: { city: 5 }, others: [{ city: 'Québec' }, {}] };
    expect(faultsOf(input)).toEqual(['id', 'limit', 'address.city', 'others.1.city']);
  });

  it('refuses fields it does not know', () => {
    expect(faultsOf({ limit: 5, tenantId: 'mine' })).toEqual(['tenantId']);
  });

  it('drops unknown fields of a message, whose sender may be a version ahead', () => {
    expect(parseAs(Sample, { limit: 5, later: true }, 'message')).toEqual({ limit: 5 });
  });

  it('reads numbers and booleans from a query string, but not from a body', () => {
    expect(parseAs(Sample, { limit: '20', active: 'true' }, 'query')).toEqual({ limit: 20, active: true });
    expect(faultsOf({ limit: '20', active: 'true' })).toEqual(['limit', 'active']);
    expect(faultsOf({ limit: 'many' }, 'query')).toEqual(['limit']);
  });

  it.each(['5145550100', '(514) 555-0100', '+1 514 555 0100'])('normalises the phone %s', (phone) => {
    expect(parseAs(Sample, { phone })).toEqual({ phone: '+15145550100' });
  });

  it.each([
    ['phone', '12'],
    ['email', 'nobody'],
    ['at', '2026-11-20'],
    ['at', '2026-11-20T10:00:00'],
    ['day', '2026-02-31'],
    ['note', 'nul\u0000'],
    ['note', ''],
  ])('refuses %s %j', (field, value) => {
    expect(faultsOf({ [field]: value })).toEqual([field]);
  });

  it('keeps null only where null is allowed', () => {
    expect(parseAs(Sample, { note: null })).toEqual({ note: null });
    expect(faultsOf({ address: { city: null } })).toEqual(['address.city']);
  });

  it.each([null, [], 'text', 5])('refuses %j as a whole', (input) => {
    expect(faultsOf(input)).toEqual(['']);
  });
});
