import { EVENTS } from './events';
import { SERVICES } from './rpc';
import { parseAs } from './validate';

describe('published events', () => {
  it.each(EVENTS.map((event) => [event.type, event] as const))(
    '%s parses its stored sample',
    (_type, event) => {
      expect(parseAs(event.payload, JSON.parse(JSON.stringify(event.sample)))).toEqual(event.sample);
    },
  );

  it.each(EVENTS.map((event) => [event.type, event] as const))(
    '%s is named owner.thing.participle.vN',
    (type, event) => {
      expect(type).toMatch(/^[a-z]+(\.[a-z-]+){2}\.v\d+$/);
      expect(SERVICES).toContain(event.producer);
    },
  );

  it('has no two events of one name', () => {
    expect(new Set(EVENTS.map(({ type }) => type)).size).toBe(EVENTS.length);
  });
});
