import { adjustCredits, getCredits, newId } from '@parley/contracts';
import { aCaller } from '@parley/testing';
import { tenantCreated, useBilling } from './running-billing';

describe('credits given and taken by hand', () => {
  const billing = useBilling();
  let tenantId: string;
  const admin = aCaller({ roles: ['super_admin'] });
  beforeEach(async () => {
    tenantId = newId();
    await billing.deliver(tenantCreated(tenantId));
  });

  const adjust = (amount: number, caller: object) =>
    billing.askAs({ ...admin, ...caller }, adjustCredits, { id: tenantId, amount, reason: 'goodwill' });
  const balance = async () => (await billing.ask(tenantId, getCredits, {})).balance;

  it('count once for one key, however often it is asked', async () => {
    const idempotencyKey = newId();
    await adjust(5, { idempotencyKey, requestId: newId() });
    await adjust(5, { idempotencyKey, requestId: newId() });
    expect(await balance()).toBe(20);
  });

  it('are two where two were meant, though a proxy gave both requests one id', async () => {
    const requestId = 'a-proxy';
    await adjust(5, { requestId });
    await adjust(-2, { requestId });
    expect(await balance()).toBe(18);
  });
});
