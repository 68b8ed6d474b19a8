import { randomBytes } from 'node:crypto';
import fastify, { type FastifyInstance } from 'fastify';
import { registerAnthropicControl } from './anthropic/anthropic-control.routes';
import { AnthropicSwitches, type AnthropicPace } from './anthropic/anthropic-switches';
import { registerAnthropic } from './anthropic/anthropic.routes';
import { Background } from './delivery/background';
import { SentLog } from './delivery/sent-log';
import { registerSentRoutes } from './delivery/sent.routes';
import { WebhookSender } from './delivery/webhook-sender';
import { FaultSwitches } from './faults/fault-switches';
import { registerFaultRoutes } from './faults/fault.routes';
import { registerMailbox, registerResend } from './mail/mail.routes';
import { Mailbox } from './mail/mailbox';
import { registerOAuth } from './oauth/oauth';
import { overviewPage } from './overview/overview.page';
import { registerReceiver } from './receiver/receiver.routes';
import { Receivers } from './receiver/receivers';
import { registerSlack } from './slack/slack.routes';
import { ObjectStore } from './s3/object-store';
import { registerS3 } from './s3/s3.routes';
import { SimulatedStripe } from './stripe/stripe';
import { registerStripeControl } from './stripe/stripe-control.routes';
import { registerStripePages } from './stripe/stripe-pages.routes';
import { registerStripe } from './stripe/stripe.routes';
import { TwilioAccounts } from './twilio/twilio-accounts';
import { registerTwilioControl } from './twilio/twilio-control.routes';
import { registerTwilioRest } from './twilio/twilio-rest.routes';
import { TwilioSimulator } from './twilio/twilio-simulator';
import { TwilioStore } from './twilio/twilio-store';
import type { VapiAuthMode } from './vapi/vapi-auth';
import { registerVapiControl } from './vapi/vapi-control.routes';
import { registerVapiRest } from './vapi/vapi-rest.routes';
import { VapiSimulator } from './vapi/vapi-simulator';
import { VapiStore } from './vapi/vapi-store';

export interface SandboxConfig {
  /** 0 takes any free port. */
  port: number;
  /** Default 127.0.0.1: the control routes ask nobody who they are. */
  host?: string;
  /** Signs Twilio's webhooks and is the password of its REST API. */
  twilioAuthToken: string;
  /** Signs Vapi's webhooks. */
  vapiSecret: string;
  vapiAuthMode?: VapiAuthMode;
  /** Signs Stripe's webhooks; made for this run unless given. */
  stripeWebhookSecret?: string;
  /** Where Stripe's events go, until a control route says otherwise; nowhere when undefined. */
  stripeWebhookUrl?: string;
  /** Keys the provider APIs insist on; without one every key is welcome. */
  vapiApiKey?: string;
  anthropicApiKey?: string;
  resendApiKey?: string;
  stripeApiKey?: string;
  anthropicPace?: Partial<AnthropicPace>;
  /** Where browsers find the sandbox, when the platform finds it elsewhere (containers). */
  publicUrl?: string;
  /** Logs each request. */
  logger?: boolean;
}

export interface RunningSandbox {
  url: string;
  app: FastifyInstance;
  close(): Promise<void>;
}

/** n8n takes 16 MB, the other providers less. */
const BODY_LIMIT = 16 * 1024 * 1024;

export async function startSandbox(config: SandboxConfig): Promise<RunningSandbox> {
  const app = fastify({
    logger: config.logger ?? false,
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: true,
    // Control bodies are taken as they are: a misspelt switch is an error, not a switch that does nothing.
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
  });
  const faults = new FaultSwitches();
  const sent = new SentLog();
  const sender = new WebhookSender(faults, sent);
  const background = new Background();
  const twilio = new TwilioStore();
  const vapi = new VapiStore();
  const mailbox = new Mailbox();
  const receivers = new Receivers();
  const switches = new AnthropicSwitches(config.anthropicPace);

  const stripe = new SimulatedStripe(
    config.stripeWebhookSecret ?? randomBytes(24).toString('hex'),
    sender,
    background,
  );
  stripe.events.url = config.stripeWebhookUrl;

  const twilioRest = {
    simulator: new TwilioSimulator(sender, twilio),
    accounts: new TwilioAccounts(config.twilioAuthToken),
    background,
    outbound: { scenario: 'completed' as const, durationSeconds: 49 },
  };
  const vapiRest = {
    simulator: new VapiSimulator(sender, vapi),
    background,
    auth: { mode: config.vapiAuthMode ?? ('hmac' as const), secret: config.vapiSecret },
    apiKey: config.vapiApiKey,
  };
  registerTwilioRest(app, twilioRest, faults);
  registerTwilioControl(app, twilioRest);
  registerVapiRest(app, vapiRest, faults);
  registerVapiControl(app, vapiRest);
  registerAnthropic(app, { switches, apiKey: config.anthropicApiKey }, faults);
  registerAnthropicControl(app, switches);
  registerStripe(app, stripe, faults, config.stripeApiKey);
  registerStripePages(app, stripe);
  registerStripeControl(app, stripe, faults);
  registerResend(app, mailbox, faults, config.resendApiKey);
  registerMailbox(app, mailbox);
  registerS3(app, new ObjectStore(), faults);
  registerReceiver(app, receivers);
  const oauth = registerOAuth(app, faults, config.publicUrl);
  registerSlack(app, faults);
  registerFaultRoutes(app, faults);
  registerSentRoutes(app, sent);
  app.get('/health', () => ({ status: 'ok' }));
  app.get<{ Querystring: { paused?: string } }>('/', async ({ query }, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .send(
        overviewPage(
          { faults, sent, mailbox, receivers, stripe, twilio, vapi, oauth },
          query.paused !== undefined,
        ),
      ),
  );

  const url = await app.listen({ port: config.port, host: config.host ?? '127.0.0.1' });
  return {
    url,
    app,
    close: async () => {
      sender.stop();
      await background.settled();
      await app.close();
    },
  };
}
