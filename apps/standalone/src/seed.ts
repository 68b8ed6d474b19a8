import {
  addPhoneNumber,
  type CallerContext,
  listPhoneNumbers,
  login,
  newId,
  putDefaultEndpoint,
  putIntegration,
  runAs,
  seedDemo,
  systemCaller,
} from '@parley/contracts';
import { RpcClient, type Transport } from '@parley/messaging';
import { DEFAULT_TWILIO_ACCOUNT_SID } from '../../sandbox/src';
import type { LocalSecrets } from './settings';

export const DEMO_EMAIL = 'owner@demohvac.com';

/** Lines of the demo company; the sandbox calls them. */
const VAPI_NUMBER = '+14185550100';
const TWILIO_NUMBER = '+14185550101';
const RECEIVER_PATH = 'demo';

/**
 * Makes the demo company usable: accounts, provider connections the sandbox can sign for, lines, and a webhook
 * endpoint at the sandbox's receiver. Everything goes through the services' own operations; again changes nothing.
 */
export async function seedDemoTenant(
  transport: Transport,
  secrets: LocalSecrets,
  sandboxUrl: string,
): Promise<void> {
  const rpc = new RpcClient(transport);
  const session = await runAs(systemCaller('seed'), async () => {
    await rpc.call(seedDemo, { password: secrets.demoPassword });
    return rpc.call(login, { email: DEMO_EMAIL, password: secrets.demoPassword });
  });
  const owner: CallerContext = {
    requestId: newId(),
    tenantId: session.tenant.id,
    userId: session.user.id,
    roles: ['owner'],
    locale: 'fr',
  };
  await runAs(owner, async () => {
    await rpc.call(putIntegration, { provider: 'vapi', webhookSecret: secrets.vapiSecret });
    await rpc.call(putIntegration, {
      provider: 'twilio',
      accountSid: DEFAULT_TWILIO_ACCOUNT_SID,
      authToken: secrets.twilioAuthToken,
    });
    await addLines(rpc);
    const url = `${sandboxUrl}/n8n/webhook/${RECEIVER_PATH}`;
    await rpc.call(putDefaultEndpoint, { url, secret: secrets.webhookSecret });
  });
  await openReceiver(sandboxUrl, secrets.webhookSecret);
}

async function addLines(rpc: RpcClient): Promise<void> {
  const { data } = await rpc.call(listPhoneNumbers, {});
  const present = new Set(data.map(({ e164 }) => e164));
  const routing = {
    locale: 'fr' as const,
    businessName: 'Demo HVAC',
    greeting: {
      fr: 'Bonjour, vous êtes bien chez Demo HVAC. Laissez-nous un message après le signal.',
      en: 'Hello, you have reached Demo HVAC. Please leave a message after the tone.',
    },
  };
  if (!present.has(VAPI_NUMBER)) {
    await rpc.call(addPhoneNumber, {
      e164: VAPI_NUMBER,
      provider: 'vapi',
      assistantId: 'demo-receptionist',
      routing,
    });
  }
  if (!present.has(TWILIO_NUMBER))
    await rpc.call(addPhoneNumber, { e164: TWILIO_NUMBER, provider: 'twilio', routing });
}

/** The sandbox forgets when it stops, so its receiver is told the secret at every start. */
async function openReceiver(sandboxUrl: string, secret: string): Promise<void> {
  const response = await fetch(`${sandboxUrl}/control/receivers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ path: RECEIVER_PATH, secret, scheme: 'n8n' }),
    signal: AbortSignal.timeout(5_000),
  });
  if (!response.ok) throw new Error(`The sandbox refused the demo receiver: ${response.status}`);
}
