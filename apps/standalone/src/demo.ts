import { Api, until } from './demo/api';
import { askInChat } from './demo/chat';
import { findRunning, localSecrets, readSettings } from './settings';

interface Listed {
  id: string;
  provider: string;
  providerCallId: string;
  status: string;
}
interface Call extends Listed {
  direction: string;
  from: string | null;
  to: string | null;
  outcome: string | null;
  durationSeconds: number;
  billedMinutes: number;
  summary: string | null;
  transcript: { content: string } | null;
}
interface Page<T> {
  data: T[];
}
interface JournalRow {
  kind: string;
  status: string;
  dedupeKey: string;
}
interface Posting {
  type: string;
  amount: number;
  balanceAfter: number;
  callId: string | null;
}
interface Received {
  verified: boolean | null;
  /** As received: JSON text. */
  body: string;
}

const DEMO_NUMBER = '+14185550100';

const say = (text = ''): void => void process.stdout.write(`${text}\n`);
const heading = (text: string): void => say(`\n\u001b[1m${text}\u001b[0m`);
const line = (text: string): void => say(`  ${text}`);

/** Drives two calls and a chat through a running platform and prints what came of them. */
async function main(): Promise<void> {
  const settings = readSettings();
  const running = findRunning(settings.DATA_DIR);
  if (!running) throw new Error('No running platform found: start it with `npm start` in another terminal');
  const { demoPassword } = localSecrets(settings);
  const api = new Api(running.url);
  const sandbox = new Api(running.sandboxUrl);
  const { accessToken: token, tenant } = await api.login(running.demoEmail, demoPassword);
  const admin = new Api(running.url);
  await admin.login('admin@parley.test', demoPassword);

  await sandbox.send('PUT', '/control/faults', { duplicate: 1 });
  const startedAt = new Date(Date.now() - 600_000).toISOString();
  heading('Two calls come in; every webhook is delivered twice');
  const vapi = await play(sandbox, 'vapi', {
    webhookUrl: `${running.webhookUrl}/v1/webhooks/vapi`,
    from: '+15145550142',
    to: DEMO_NUMBER,
    durationSeconds: 133,
    customerName: 'Élise Bélanger',
  });
  const twilio = await play(sandbox, 'twilio', {
    webhookUrl: `${running.webhookUrl}/v1/webhooks/twilio`,
    from: '+14385550177',
    to: '+14185550101',
    durationSeconds: 49,
    recording: true,
  });
  await sandbox.send('DELETE', '/control/faults');

  for (const [name, providerCallId] of [
    ['Vapi', vapi],
    ['Twilio', twilio],
  ] as const) {
    const call = await findEnded(api, providerCallId, startedAt);
    await showCall(name, call, admin, api);
  }
  await showMetrics(api);
  await showDeliveries(sandbox, [vapi, twilio]);
  await allowChat(api, admin, tenant.id);
  await showChat(api, running.url, token);
  say(`\nLook around: ${running.url}/api-docs and ${running.sandboxUrl}\n`);
}

async function play(sandbox: Api, provider: string, call: object): Promise<string> {
  const played = await sandbox.post<Record<string, unknown>>(`/control/${provider}/calls`, call);
  const id = played['callId'] ?? played['callSid'] ?? played['id'];
  if (typeof id !== 'string') throw new Error(`The sandbox did not say which ${provider} call it played`);
  line(`${provider.padEnd(7)} ${id}`);
  return id;
}

async function findEnded(api: Api, providerCallId: string, since: string): Promise<Call> {
  const page = await until(
    `the end of call ${providerCallId}`,
    () => api.get<Page<Listed>>(`/v1/calls?limit=50&startedAfter=${encodeURIComponent(since)}`),
    ({ data }) => data.some((call) => call.providerCallId === providerCallId && call.status === 'completed'),
  );
  const call = page.data.find((listed) => listed.providerCallId === providerCallId);
  return api.get<Call>(`/v1/calls/${call?.id}`);
}

async function showCall(name: string, call: Call, admin: Api, api: Api): Promise<void> {
  heading(`${name} call`);
  const journal = await admin.get<Page<JournalRow>>('/v1/admin/inbound-webhooks?limit=200');
  const rows = journal.data.filter(({ dedupeKey }) => dedupeKey.includes(call.providerCallId));
  line(
    `journal     ${rows.length} events kept, each once: ${rows
      .map(({ kind }) => kind)
      .reverse()
      .join(', ')}`,
  );
  line(
    `call        ${call.direction} ${call.from} → ${call.to}, ${call.status}, ${call.durationSeconds} s, outcome ${call.outcome}`,
  );
  if (call.summary) line(`summary     ${call.summary}`);
  for (const [index, text] of (call.transcript?.content ?? '').split('\n').slice(0, 6).entries()) {
    if (text) line(`${index === 0 ? 'transcript' : '          '}  ${text}`);
  }
  const posting = await until(
    `the charge of call ${call.id}`,
    () => api.get<Page<Posting>>('/v1/billing/transactions?limit=50'),
    ({ data }) => data.some(({ callId }) => callId === call.id),
  );
  for (const row of posting.data.filter(({ callId }) => callId === call.id)) {
    line(
      `ledger      ${row.type} ${row.amount} credits for ${call.billedMinutes} started minutes, balance ${row.balanceAfter}`,
    );
  }
}

async function showMetrics(api: Api): Promise<void> {
  heading('Metrics, last 30 days in the tenant’s time zone');
  line(JSON.stringify(await api.get('/v1/analytics/summary')));
}

async function showDeliveries(sandbox: Api, callIds: string[]): Promise<void> {
  heading('Webhooks delivered to the n8n-like receiver');
  const received = await until(
    'the delivery of both call-ended webhooks',
    () => sandbox.get<{ received: Received[] }>('/n8n/received?path=demo').then(({ received: all }) => all),
    (all) => callIds.every((id) => all.some(({ body }) => isEnded(body, id))),
  );
  for (const { verified, body } of received.filter(({ body }) => callIds.some((id) => isEnded(body, id)))) {
    line(`signature ${verified ? 'verified' : 'WRONG'}  ${body.slice(0, 240)}…`);
  }
}

function isEnded(body: string, callId: string): boolean {
  const { eventId, eventType } = JSON.parse(body) as { eventId?: string; eventType?: string };
  return eventType === 'call.call-ended' && eventId?.includes(callId) === true;
}

/** The free plan ends after three prompts a month. */
async function allowChat(api: Api, admin: Api, tenantId: string): Promise<void> {
  const held = await api.get<{ subscriptions: { productLine: string }[] }>('/v1/billing/subscription');
  if (held.subscriptions.some(({ productLine }) => productLine === 'sales')) return;
  const gift = { planCode: 'sales.growth', reason: 'npm run demo' };
  await admin.post(`/v1/admin/tenants/${tenantId}/subscriptions`, gift);
}

async function showChat(api: Api, url: string, token: string): Promise<void> {
  heading('Chat with the Closer');
  const conversation = await api.post<{ id: string }>('/v1/conversations', {
    personaId: 'closer',
    title: 'Démo',
  });
  const question = 'Mon client trouve le prix trop élevé. Que répondre ?';
  const { chunks, content } = await askInChat(url, token, conversation.id, question);
  line(`asked       ${question}`);
  line(`answered    in ${chunks} chunks: ${content.replace(/\s+/g, ' ').slice(0, 300)}`);
}

main().catch((error: unknown) => {
  process.stderr.write(`\nThe demo stopped: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
