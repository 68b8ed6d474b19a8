import { demandPowerOver, demandRole } from './membership-rules';

describe('power over members', () => {
  it.each([
    ['owner', 'admin'],
    ['owner', 'user'],
    ['admin', 'user'],
  ] as const)('%s has it over %s', (actor, target) => {
    expect(() => demandPowerOver(actor, target)).not.toThrow();
  });

  it.each([
    ['admin', 'admin'],
    ['user', 'user'],
    ['user', 'admin'],
  ] as const)('%s has none over %s', (actor, target) => {
    expect(() => demandPowerOver(actor, target)).toThrow('Only the owner');
  });

  it.each(['owner', 'admin', 'user'] as const)('%s has none over the owner', (actor) => {
    expect(() => demandPowerOver(actor, 'owner')).toThrow('keeps its owner');
  });

  it('rises with the role', () => {
    expect(() => demandRole('admin', 'admin')).not.toThrow();
    expect(() => demandRole('user', 'admin')).toThrow('does not allow');
    expect(() => demandRole('admin', 'owner')).toThrow('does not allow');
  });
});
