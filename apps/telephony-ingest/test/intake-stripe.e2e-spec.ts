import { randomBytes } from 'node:crypto';
import { replayJournalEntry, runAs, type StripeReceivedV1, stripeReceivedV1 } from '@parley/contracts';
import { aCaller, eventually } from '@parley/testing';
import Stripe from 'stripe';
import { Intake } from './intake-harness';

const PATHS = ['/v1/webhooks/stripe', '/stripe-webhook', '/billing/webhook/stripe', '/api/webhooks/stripe'];

describe("Stripe's webhooks", () => {
  const secret = `whsec_${randomBytes(16).toString('hex')}`;
  const told: StripeReceivedV1[] = [];
  let intake: Intake;

  beforeAll(async () => {
    intake = await Intake.start({ STRIPE_WEBHOOK_SECRET: secret });
    await intake.transport.observe([stripeReceivedV1.type], ({ payload }) => {
      told.push(payload as StripeReceivedV1);
    });
  });
  afterAll(() => intake?.stop());
  beforeEach(async () => {
    await intake.database.query('TRUNCATE telephony.journal');
    told.length = 0;
  });

  const anEvent = (id: string, more: object = {}) => ({
    id,
    object: 'event',
    api_version: '2026-10-28.endive',
    created: 1_795_132_800,
    livemode: false,
    type: 'invoice.paid',
    data: { object: { id: 'in_1', object: 'invoice', amount_paid: 4900, customer_name: 'Zoë' } },
    ...more,
  });
  const sign = (payload: string, key = secret, timestamp?: number): Record<string, string> => ({
    'content-type': 'application/json; charset=utf-8',
    'stripe-signature': Stripe.webhooks.generateTestHeaderString({
      payload,
      secret: key,
      ...(timestamp ? { timestamp } : {}),
    }),
  });
  const send = (event: object, path = '/v1/webhooks/stripe') => {
    const body = JSON.stringify(event, null, 2);
    return intake.post(path, body, sign(body));
  };

  it.each(PATHS)('are taken at %s, written down and handed to billing', async (path) => {
    const event = anEvent('evt_1', {
      data: { object: { id: 'in_1' }, previous_attributes: { status: 'open' } },
    });
    expect(await send(event, path)).toMatchObject({ status: 200, body: '{"received":true}' });
    await eventually(() =>
      expect(told).toEqual([
        {
          eventId: 'evt_1',
          type: 'invoice.paid',
          apiVersion: '2026-10-28.endive',
          createdAt: '2026-11-20T00:00:00.000Z',
          livemode: false,
          object: { id: 'in_1' },
          previousAttributes: { status: 'open' },
        },
      ]),
    );
    const [row] = await intake.journal();
    expect(row).toMatchObject({ tenant_id: null, status: 'processed', verified_by: 'stripe-v1' });
  });

  it('are handed on once however often they come', async () => {
    for (let n = 0; n < 3; n += 1) expect((await send(anEvent('evt_2'))).status).toBe(200);
    await send(anEvent('evt_3'));
    await eventually(() => expect(told.map(({ eventId }) => eventId)).toEqual(['evt_2', 'evt_3']));
    expect(await intake.journal()).toHaveLength(2);
  });

  it('understand thin events', async () => {
    const related = { id: 'mtr_1', type: 'billing.meter', url: '/v1/billing/meters/mtr_1' };
    await send({
      id: 'evt_thin',
      object: 'v2.core.event',
      type: 'v1.billing.meter.error_report_triggered',
      livemode: false,
      created: '2026-11-20T09:30:05.000Z',
      related_object: related,
    });
    await eventually(() => expect(told).toMatchObject([{ object: related, apiVersion: null }]));
  });

  it('are refused when another secret, another body or another time was signed', async () => {
    const body = JSON.stringify(anEvent('evt_forged'));
    const old = Math.floor(Date.now() / 1000) - 301;
    const attempts = [
      intake.post(PATHS[0] ?? '', body, sign(body, `whsec_${randomBytes(16).toString('hex')}`)),
      intake.post(PATHS[0] ?? '', `${body}\n`, sign(body)),
      intake.post(PATHS[0] ?? '', body, sign(body, secret, old)),
      intake.post(PATHS[0] ?? '', body, { 'content-type': 'application/json' }),
      intake.post(PATHS[0] ?? '', body, {
        'content-type': 'application/json',
        'stripe-signature': 'nonsense',
      }),
    ];
    for (const { status, body: answer } of await Promise.all(attempts)) {
      expect(status).toBe(401);
      expect(answer).toContain('INVALID_SIGNATURE');
    }
    expect(await intake.journal()).toHaveLength(0);
  });

  it.each([
    ['no JSON', '{', 'body'],
    ['no id', '{"object":"event","type":"x"}', 'id'],
    ['no event', '{"id":"evt_1","object":"invoice","type":"x"}', 'object'],
  ])('say what is wrong with %s', async (_what, body, field) => {
    const answer = await intake.post('/v1/webhooks/stripe', body, sign(body));
    expect(answer.status).toBe(400);
    expect(answer.body).toContain(`"field":"${field}"`);
  });

  it('are handed on again when an administrator forces it', async () => {
    await send(anEvent('evt_4'));
    await eventually(() => expect(told).toHaveLength(1));
    const [row] = await intake.journal();
    const id = String((row as unknown as { id: string }).id);
    const replay = (options: object) =>
      runAs(aCaller({ roles: ['super_admin'] }), () =>
        intake.rpc.call(replayJournalEntry, { id, ...options }),
      );
    expect(await replay({ dryRun: true })).toMatchObject({ outcome: 'dry-run', changes: [] });
    expect(await replay({})).toMatchObject({ outcome: 'unchanged' });
    expect(await replay({ force: true })).toMatchObject({ outcome: 'queued' });
    await eventually(() => expect(told).toHaveLength(2));
  });
});
