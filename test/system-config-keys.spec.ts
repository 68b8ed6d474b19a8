import { SYSTEM_CONFIG_KEYS } from '@parley/contracts';
import { gatewayConfig } from '../apps/gateway/src/config';
import { INNER_SERVICES } from '../apps/standalone/src/services';

const SHAPES = new Map<string, object>([
  ['gateway', gatewayConfig],
  ...INNER_SERVICES.map(({ name, config }) => [name, config] as const),
]);

describe('the catalogue of system configuration', () => {
  it('holds nothing that nobody reads, unless it says what will', () => {
    const unread = SYSTEM_CONFIG_KEYS.filter(({ usedBy }) => usedBy.length === 0);
    expect(unread.filter(({ awaits }) => !awaits).map(({ key }) => key)).toEqual([]);
    expect(SYSTEM_CONFIG_KEYS.filter(({ usedBy, awaits }) => usedBy.length > 0 && awaits)).toEqual([]);
  });

  it.each(SYSTEM_CONFIG_KEYS.filter(({ usedBy }) => usedBy.length > 0))(
    '$key is a setting of every service that is said to use it',
    ({ key, usedBy }) => {
      for (const service of usedBy)
        expect([service, key in (SHAPES.get(service) ?? {})]).toEqual([service, true]);
    },
  );
});
