import { type CallerContext, tenantReactivatedV1, tenantSuspendedV1 } from '@parley/contracts';
import { eventually } from '@parley/testing';
import { Sweeper } from '../src/sending/sweeper';
import { aTenant, Notifications } from './notifications.harness';
import { answering, Receiver } from './receiver.harness';

describe('webhooks of a suspended tenant', () => {
  let notifications: Notifications;
  let receiver: Receiver;
  let other: Receiver;
  beforeAll(async () => {
    notifications = await Notifications.start();
    [receiver, other] = [await Receiver.start(answering(200)), await Receiver.start(answering(200))];
  });
  afterAll(async () => {
    await notifications?.stop();
    await receiver?.stop();
    await other?.stop();
  });

  const tell = async (tenant: CallerContext, suspended: boolean, version: number): Promise<void> => {
    const { tenantId = '' } = tenant;
    const event = suspended ? tenantSuspendedV1 : tenantReactivatedV1;
    await notifications.publish(tenant, event, { tenantId, version, at: new Date().toISOString() });
  };
  const standingIs = (tenant: CallerContext, suspended: boolean, version: number): Promise<void> =>
    eventually(async () => {
      const rows = await notifications.database.query(
        'SELECT suspended, version FROM notifications.tenant_standings WHERE tenant_id = $1',
        [tenant.tenantId],
      );
      expect(rows).toEqual([{ suspended, version }]);
    });

  it('are held, whoever wakes their endpoint, and go out once it is reactivated', async () => {
    const [tenant, neighbour] = [aTenant(), aTenant()];
    await notifications.addEndpoint(tenant, receiver.url);
    await notifications.addEndpoint(neighbour, other.url);
    await tell(tenant, true, 2);
    await standingIs(tenant, true, 2);
    await notifications.endCall(tenant);
    await notifications.endCall(neighbour);
    await notifications.settled(neighbour, 'delivered');
    await notifications.service.get<Sweeper>(Sweeper as never).sweep();
    const waiting = await notifications.settled(tenant, 'pending');
    expect([waiting.attempts, receiver.received.length]).toEqual([0, 0]);
    await tell(tenant, false, 3);
    await notifications.settled(tenant, 'delivered');
    expect(receiver.received).toHaveLength(1);
  });

  it('follow the latest news, however late the others come', async () => {
    const tenant = aTenant();
    await tell(tenant, false, 3);
    await standingIs(tenant, false, 3);
    await tell(tenant, true, 2);
    await tell(tenant, true, 4);
    await standingIs(tenant, true, 4);
    await tell(tenant, false, 3);
    await tell(tenant, false, 5);
    await standingIs(tenant, false, 5);
  });
});
