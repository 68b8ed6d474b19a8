import { randomUUID } from 'node:crypto';
import { newTwilioSid, signedVapiHeaders, twilioCallEvents, vapiCallEvents } from '../../apps/sandbox/src';
import type { Random } from './random';

/** A tenant under test, with what its providers sign with. */
export interface PlannedTenant {
  readonly id: string;
  readonly vapiNumber: string;
  readonly twilioNumber: string;
  readonly accountSid: string;
  readonly vapiSecret: string;
  readonly twilioToken: string;
}

export interface PlannedCall {
  readonly tenantId: string;
  readonly provider: 'vapi' | 'twilio';
  readonly providerCallId: string;
  readonly durationSeconds: number;
  readonly status: 'completed' | 'no_answer' | 'busy' | 'failed';
}

/** One request to be made. Headers are made at sending: Vapi's signature carries the time. */
export interface PlannedRequest {
  readonly url: string;
  readonly body: string;
  readonly headers: () => Record<string, string>;
  readonly forged: boolean;
}

export interface HostilePlan {
  readonly calls: readonly PlannedCall[];
  readonly requests: readonly PlannedRequest[];
  readonly forged: number;
  readonly genuineEvents: number;
}

const MAX_COPIES = 5;
const FORGED_RATIO = 0.01;
const TWILIO_ENDS = {
  completed: 'completed',
  'no-answer': 'no_answer',
  busy: 'busy',
  failed: 'failed',
} as const;

/** Calls of mixed providers, every event one to five times, shuffled, one in a hundred forged. */
export function planHostility(
  tenants: readonly PlannedTenant[],
  count: number,
  ingestUrl: string,
  random: Random,
): HostilePlan {
  const calls: PlannedCall[] = [];
  const events: PlannedRequest[] = [];
  for (let index = 0; index < count; index++) {
    const tenant = random.pick(tenants);
    const planned =
      random.next() < 0.5 ? vapiCall(tenant, ingestUrl, random) : twilioCall(tenant, ingestUrl, random);
    calls.push(planned.call);
    events.push(...planned.events);
  }
  const requests: PlannedRequest[] = [];
  let forged = 0;
  for (const event of events) {
    for (let copy = random.between(1, MAX_COPIES); copy > 0; copy--) requests.push(event);
    if (random.next() < FORGED_RATIO) {
      requests.push({ ...event, ...forgery(event, random), forged: true });
      forged += 1;
    }
  }
  return { calls, requests: random.shuffle(requests), forged, genuineEvents: events.length };
}

function vapiCall(tenant: PlannedTenant, ingestUrl: string, random: Random) {
  const callId = randomUUID();
  const durationSeconds = random.next() < 0.1 ? 0 : random.between(1, 400);
  const auth = { mode: 'hmac' as const, secret: tenant.vapiSecret };
  const script = vapiCallEvents({
    callId,
    auth,
    from: phone(random),
    to: tenant.vapiNumber,
    durationSeconds,
    createdAt: new Date(Date.now() - random.between(500, 3_000) * 1000),
  });
  const events = script.map(({ body }) => ({
    url: `${ingestUrl}/v1/webhooks/vapi`,
    body,
    headers: () => signedVapiHeaders(body, auth),
    forged: false,
  }));
  const status = durationSeconds === 0 ? ('no_answer' as const) : ('completed' as const);
  const call: PlannedCall = {
    tenantId: tenant.id,
    provider: 'vapi',
    providerCallId: callId,
    durationSeconds,
    status,
  };
  return { call, events };
}

function twilioCall(tenant: PlannedTenant, ingestUrl: string, random: Random) {
  const callSid = newTwilioSid('CA');
  const scenario = random.pick([
    'completed',
    'completed',
    'completed',
    'no-answer',
    'busy',
    'failed',
  ] as const);
  const durationSeconds = scenario === 'completed' ? random.between(1, 400) : 0;
  const script = twilioCallEvents({
    webhookUrl: `${ingestUrl}/v1/webhooks/twilio`,
    authToken: tenant.twilioToken,
    accountSid: tenant.accountSid,
    callSid,
    from: phone(random),
    to: tenant.twilioNumber,
    scenario,
    durationSeconds,
    recording: random.next() < 0.3,
    createdAt: new Date(Date.now() - random.between(500, 3_000) * 1000),
  });
  const events = script.map(({ url, form, headers }) => ({
    url,
    body: form,
    headers: () => ({ ...headers, 'content-type': 'application/x-www-form-urlencoded' }),
    forged: false,
  }));
  const call: PlannedCall = {
    tenantId: tenant.id,
    provider: 'twilio',
    providerCallId: callSid,
    durationSeconds,
    status: TWILIO_ENDS[scenario],
  };
  return { call, events };
}

/** The same event about a call that never was, its signature taken over from the genuine one. */
function forgery(event: PlannedRequest, random: Random): Pick<PlannedRequest, 'body' | 'headers'> {
  const body = event.body
    .replace(/CA[0-9a-f]{32}/g, `CA${'f0'.repeat(16)}`)
    .replace(
      /("id"\s*:\s*")[0-9a-f-]{36}/,
      `$100000000-0000-4000-8000-${String(random.between(0, 9)).repeat(12)}`,
    );
  const signature = event.headers();
  return { body: body === event.body ? `${body} ` : body, headers: () => signature };
}

const phone = (random: Random): string => `+1514555${String(random.between(0, 9999)).padStart(4, '0')}`;
