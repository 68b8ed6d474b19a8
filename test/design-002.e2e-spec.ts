import { createHmac, randomBytes } from 'node:crypto';
import { newId } from '@parley/contracts';
import { eventually } from '@parley/testing';
import { verifyN8n } from '../apps/sandbox/src';
import { type Member, TestPlatform } from './support/platform';

interface Page<T> {
  data: T[];
  nextCursor: string | null;
}
interface Listed {
  id: string;
  providerCallId: string;
  status: string;
  durationSeconds: number;
}

const VAPI_NUMBER = '+14185550120';
const TWILIO_NUMBER = '+14185550121';

/** The fifteen endpoints that design 002 documents, on its own paths, in the order of its story. */
describe('design 002', () => {
  let platform: TestPlatform;
  let owner: Member;
  const secret = randomBytes(24).toString('hex');
  const get = <Body>(path: string) => platform.call<Body>('GET', path, { token: owner.accessToken });
  const sandbox = (path: string, body: unknown) =>
    fetch(platform.sandbox.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const received = async () => {
    const answer = await fetch(`${platform.sandbox.url}/n8n/received?path=owner`);
    return ((await answer.json()) as { received: { body: string; headers: Record<string, string> }[] })
      .received;
  };

  beforeAll(async () => {
    platform = await TestPlatform.start();
    owner = await platform.signUp('Boreale');
    await platform.arrangeLines(owner, {
      vapi: VAPI_NUMBER,
      twilio: TWILIO_NUMBER,
      accountSid: `AC${'b'.repeat(32)}`,
    });
    await sandbox('/control/receivers', { path: 'owner', secret, scheme: 'n8n' });
  });
  afterAll(() => platform?.close());

  it('POST /auth/login signs in', async () => {
    const { email, password } = owner;
    const { status, body, headers } = await platform.call<{ accessToken: string; expiresIn: number }>(
      'POST',
      '/auth/login',
      { body: { email, password } },
    );
    expect(status).toBe(200);
    expect(body.expiresIn).toBe(3600);
    expect(headers.get('deprecation')).toBe('true');
    expect(headers.get('link')).toContain('/v1/auth/login');
  });

  it.each(['/health', '/health/detailed'])(
    'GET %s tells how the platform is, without signing in',
    async (path) => {
      const { status, body } = await platform.call<{ status: string; services: object; version: string }>(
        'GET',
        path,
      );
      expect(status).toBe(200);
      expect(body).toMatchObject({ status: 'ok', services: { database: 'up' } });
      expect(body.version).toBeTruthy();
    },
  );

  it('PUT /dashboard/settings/webhook sets the outbound webhook; GET /dashboard/settings shows it without its secret', async () => {
    const url = `${platform.sandbox.url}/n8n/webhook/owner`;
    const put = await platform.call('PUT', '/dashboard/settings/webhook', {
      token: owner.accessToken,
      body: { url, secret },
    });
    expect(put.status).toBe(200);
    const { status, body } = await get<{ webhook: { url: string } }>('/dashboard/settings');
    expect(status).toBe(200);
    expect(body.webhook.url).toBe(url);
    expect(JSON.stringify(body)).not.toContain(secret);
  });

  it('POST /webhooks/vapi takes the generic sha256 signature of a tenant it names', async () => {
    const tenant = owner.tenantId;
    const message = {
      message: { type: 'status-update', status: 'ringing', timestamp: Date.now(), call: vapiCall() },
    };
    const raw = JSON.stringify(message);
    const sign = (key: string) => `sha256=${createHmac('sha256', key).update(raw).digest('hex')}`;
    const post = (headers: Record<string, string>) =>
      platform.call('POST', '/webhooks/vapi', {
        body: raw,
        headers: { 'content-type': 'application/json', ...headers },
      });
    const key = platform.secrets.vapiSecret;
    expect((await post({ 'x-tenant-id': tenant, 'x-webhook-signature': sign(key) })).status).toBe(200);
    expect((await post({ 'x-tenant-id': tenant, 'x-webhook-signature': sign('wrong') })).status).toBe(401);
    expect((await post({ 'x-tenant-id': newId(), 'x-webhook-signature': sign(key) })).status).toBe(401);
  });

  it('POST /webhooks/vapi and /webhooks/twilio record whole calls, each event delivered twice', async () => {
    await fetch(`${platform.sandbox.url}/control/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ duplicate: 1 }),
    });
    const vapi = await sandbox('/control/vapi/calls', {
      webhookUrl: `${platform.url}/webhooks/vapi`,
      from: '+15145550142',
      to: VAPI_NUMBER,
      durationSeconds: 133,
      customerName: 'Élise Bélanger',
    });
    expect(vapi.status).toBe(201);
    const { data } = await eventually(async () => {
      const { body } = await get<Page<Listed>>('/dashboard/calls?status=completed');
      expect(body.data).toHaveLength(1);
      return body;
    }, 20_000);
    expect(data[0]).toMatchObject({ durationSeconds: 133, status: 'completed' });
  });

  it('GET /dashboard/calls/:id shows transcript, outcome and cost, accents intact', async () => {
    const { body: page } = await get<Page<Listed>>('/dashboard/calls?status=completed');
    const call = await eventually(async () => {
      const { status, body } = await get<Record<string, unknown>>(`/dashboard/calls/${page.data[0]?.id}`);
      expect(status).toBe(200);
      expect(body['transcript']).not.toBeNull();
      expect(body['outcome']).toBe('booked');
      return body;
    });
    expect(JSON.stringify(call)).toContain('Élise Bélanger');
    expect(call['language']).toMatch(/^fr/);
    expect(call['providerCostCents']).toEqual(expect.any(Number));
  });

  it('GET /dashboard/calls/metrics, /dashboard/metrics and /dashboard/metrics/aggregated count the call once', async () => {
    await eventually(async () => {
      const { body } = await get<{ total: number }>('/dashboard/calls/metrics');
      expect(body.total).toBe(1);
    });
    const daily = await get<{ days: { calls: number; seconds: number }[] }>('/dashboard/metrics');
    expect(daily.status).toBe(200);
    expect(daily.body.days.reduce((sum, day) => sum + day.seconds, 0)).toBe(133);
    const total = await get<{ calls: number; billedMinutes: number }>('/dashboard/metrics/aggregated');
    expect(total.body).toMatchObject({ calls: 1, billedMinutes: 3 });
  });

  it('delivers call-ended to n8n in the exact format of the design, signature verified', async () => {
    const ended = await eventually(async () => {
      const found = (await received()).filter(({ body }) => body.includes('call.call-ended'));
      expect(found.length).toBeGreaterThan(0);
      return found;
    }, 20_000);
    const [first] = ended;
    expect(verifyN8n(secret, first?.body ?? '', first?.headers['x-webhook-signature'])).toBe(true);
    expect(JSON.parse(first?.body ?? '{}')).toMatchObject({
      eventType: 'call.call-ended',
      data: {
        direction: 'inbound',
        from: '+15145550142',
        to: VAPI_NUMBER,
        duration: 133,
        aiHandled: true,
        outcome: 'BOOKED',
        vapi: { structuredData: { customerName: 'Élise Bélanger' } },
      },
    });
    expect(new Set(ended.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('GET /dashboard/webhooks/deliveries and /stats show it; POST …/:id/retry sends it again under the same id', async () => {
    const { body } = await eventually(async () => {
      const answer = await get<Page<{ id: string; status: string; eventType: string }>>(
        '/dashboard/webhooks/deliveries?status=delivered',
      );
      expect(answer.body.data.length).toBeGreaterThan(0);
      return answer;
    });
    const stats = await get<Record<string, unknown>>('/dashboard/webhooks/stats');
    expect(stats.status).toBe(200);
    const before = (await received()).length;
    const retry = await platform.call('POST', `/dashboard/webhooks/deliveries/${body.data[0]?.id}/retry`, {
      token: owner.accessToken,
      body: {},
    });
    expect(retry.status).toBe(202);
    await eventually(async () => expect((await received()).length).toBe(before + 1));
    const ids = (await received()).map(({ headers, body: text }) => `${headers['webhook-id']} ${text}`);
    expect(new Set(ids).size).toBe(ids.length - 1);
  });

  const vapiCall = () => ({
    id: '7f0c6a3e-0d0b-4d53-a1c2-000000000001',
    type: 'inboundPhoneCall',
    phoneNumber: { number: VAPI_NUMBER },
    customer: { number: '+15145550143' },
  });
});
