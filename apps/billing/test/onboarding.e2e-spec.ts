import { billingOnboardingStepV1, getSubscriptions, newId } from '@parley/contracts';
import { eventually } from '@parley/testing';
import { onboardingRequested, tenantCreated, useBilling } from './running-billing';

describe('the plan of a client that is set up', () => {
  const billing = useBilling();

  const plans = async (tenantId: string) =>
    (await billing.ask(tenantId, getSubscriptions, {})).subscriptions.map(({ plan, source }) => [
      plan,
      source,
    ]);

  it('is given without payment and reported, once however often it is asked for', async () => {
    const tenantId = newId();
    await billing.deliver(tenantCreated(tenantId));
    const asked = onboardingRequested(tenantId, 'voice.pro');
    await billing.deliver(asked);
    await billing.deliver(asked);
    expect(await plans(tenantId)).toEqual([['voice.pro', 'comped']]);
    await eventually(() => {
      expect(billing.told(tenantId, billingOnboardingStepV1)).toEqual([
        { runId: (asked.payload as { runId: string }).runId, outcome: 'done' },
      ]);
      expect(billing.acts(tenantId)).toEqual(['plan.comped']);
    });
  });

  it('that is not there is reported as failed', async () => {
    const tenantId = newId();
    await billing.deliver(tenantCreated(tenantId));
    await billing.deliver(onboardingRequested(tenantId, 'voice.none'));
    await eventually(() =>
      expect(billing.told(tenantId, billingOnboardingStepV1)).toEqual([
        expect.objectContaining({ outcome: 'failed' }),
      ]),
    );
    expect(await plans(tenantId)).toEqual([]);
  });

  it('waits for news of the tenant', async () => {
    const tenantId = newId();
    const asked = onboardingRequested(tenantId, 'voice.pro');
    const [failure] = await billing.deliver(asked);
    expect(failure).toBeInstanceOf(Error);
    await billing.deliver(tenantCreated(tenantId));
    await billing.deliver(asked);
    expect(await plans(tenantId)).toEqual([['voice.pro', 'comped']]);
  });
});
