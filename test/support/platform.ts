import { randomBytes } from 'node:crypto';
import { newId, putIntegration, addPhoneNumber, runAs, type CallerContext } from '@parley/contracts';
import { InProcessTransport, RpcClient } from '@parley/messaging';
import { type RunningService, startService } from '@parley/platform';
import { eventually, type TestDatabase, testDatabase } from '@parley/testing';
import { defineGateway, gateway as gatewaySpec } from '../../apps/gateway/src';
import { type Mail, type RunningSandbox, startSandbox } from '../../apps/sandbox/src';
import { mountProviders } from '../../apps/standalone/src/one-origin';
import { INNER_SERVICES } from '../../apps/standalone/src/services';

/** A person signed in to a tenant of their own. */
export interface Member {
  email: string;
  password: string;
  accessToken: string;
  refreshToken: string;
  tenantId: string;
  userId: string;
  /** As the services see this person. */
  caller: CallerContext;
}

export interface Answer<Body = unknown> {
  status: number;
  headers: Headers;
  body: Body;
}

const ADMIN_EMAIL = 'root@platform.test';

/** The whole platform in this process, over real PostgreSQL, with the sandbox beside it. */
export class TestPlatform {
  private constructor(
    readonly url: string,
    readonly database: TestDatabase,
    readonly sandbox: RunningSandbox,
    readonly transport: InProcessTransport,
    private readonly services: Map<string, RunningService>,
    readonly secrets: { twilioAuthToken: string; vapiSecret: string; stripeWebhookSecret: string },
  ) {}

  /** @param env settings of every service; a function gets the sandbox's address */
  static async start(
    env: Record<string, string> | ((sandboxUrl: string) => Record<string, string>) = {},
  ): Promise<TestPlatform> {
    const database = await testDatabase([...INNER_SERVICES, gatewaySpec]);
    const secrets = {
      twilioAuthToken: randomBytes(16).toString('hex'),
      vapiSecret: randomBytes(24).toString('hex'),
      stripeWebhookSecret: randomBytes(24).toString('hex'),
    };
    const sandbox = await startSandbox({
      port: 0,
      ...secrets,
      anthropicPace: { firstTokenDelayMs: 0, chunkDelayMs: 2 },
    });
    const transport = new InProcessTransport();
    const services = new Map<string, RunningService>();
    const common = {
      NODE_ENV: 'test',
      PORT: '0',
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      CONFIG_EXCHANGE_KEY: randomBytes(32).toString('base64'),
      BCRYPT_COST: '4',
      SANDBOX_URL: sandbox.url,
      PUBLIC_URL: 'https://hooks.parley.test',
      WEBHOOKS_ALLOW_PRIVATE_TARGETS: 'true',
      WEBHOOK_RETRY_BASE_SECONDS: '1',
      WEBHOOK_LIMIT_PER_MINUTE: '0',
      STRIPE_WEBHOOK_SECRET: secrets.stripeWebhookSecret,
      ADMIN_EMAIL,
      RATE_LIMIT_API: '100000',
      RATE_LIMIT_ANONYMOUS: '100000',
      RATE_LIMIT_AUTH_ADDRESS: '100000',
      ...(typeof env === 'function' ? env(sandbox.url) : env),
    };
    for (const spec of INNER_SERVICES) {
      const own = { ...common, DATABASE_URL: database.urlOf(spec.name) };
      services.set(spec.name, await startService(spec, { env: own, transport, quiet: true }));
    }
    const telephony = services.get('telephony-ingest');
    if (!telephony) throw new Error('telephony-ingest did not start');
    const gateway = await startService(defineGateway(mountProviders(telephony)), {
      env: { ...common, DATABASE_URL: database.urlOf('gateway') },
      transport,
      quiet: true,
    });
    services.set('gateway', gateway);
    await fetch(`${sandbox.url}/control/stripe/webhook`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ url: `${gateway.url}/v1/webhooks/stripe` }),
    });
    return new TestPlatform(gateway.url ?? '', database, sandbox, transport, services, secrets);
  }

  get rpc(): RpcClient {
    return new RpcClient(this.transport);
  }

  get<T>(service: string, token: Parameters<RunningService['get']>[0]): T {
    const running = this.services.get(service);
    if (!running) throw new Error(`${service} is not running`);
    return running.get(token) as T;
  }

  async call<Body = unknown>(
    method: string,
    path: string,
    options: { token?: string; body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<Answer<Body>> {
    const { token, body, headers = {} } = options;
    const raw = typeof body === 'string';
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined || raw ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('/json');
    return {
      status: response.status,
      headers: response.headers,
      body: (json ? JSON.parse(text) : text) as Body,
    };
  }

  /** The token in the link of the last mail to this address that leads to this page. */
  async tokenMailedTo(email: string, page: string): Promise<string> {
    return eventually(async () => {
      const response = await fetch(`${this.sandbox.url}/mailbox?to=${encodeURIComponent(email)}`);
      const { mails } = (await response.json()) as { mails: Mail[] };
      const pattern = new RegExp(`/${page}\\?token=([\\w-]+)`);
      const tokens = mails.flatMap(({ text }) => pattern.exec(text ?? '')?.[1] ?? []);
      const token = tokens.at(-1);
      if (!token) throw new Error(`no mail about ${page} yet`);
      return token;
    });
  }

  /** Registers somebody with a tenant of their own. */
  async signUp(name = 'Owner', fields: { referralCode?: string } = {}): Promise<Member> {
    const email = `${name.toLowerCase()}-${newId()}@example.test`;
    return this.member(email, await this.register(email, name, fields));
  }

  /** The platform's super admin (BR-010). */
  async signUpAdmin(): Promise<Member> {
    return this.member(ADMIN_EMAIL, await this.register(ADMIN_EMAIL, 'Root'));
  }

  /** Gives a tenant its provider accounts and one line per provider. */
  async arrangeLines(
    { caller }: Member,
    lines: { vapi: string; twilio: string; accountSid: string },
  ): Promise<void> {
    const { rpc, secrets } = this;
    await runAs(caller, async () => {
      await rpc.call(putIntegration, { provider: 'vapi', webhookSecret: secrets.vapiSecret });
      await rpc.call(putIntegration, {
        provider: 'twilio',
        accountSid: lines.accountSid,
        authToken: secrets.twilioAuthToken,
      });
      await eventually(() =>
        rpc.call(addPhoneNumber, { e164: lines.vapi, provider: 'vapi', assistantId: `assistant-${newId()}` }),
      );
      await rpc.call(addPhoneNumber, { e164: lines.twilio, provider: 'twilio' });
    });
  }

  async close(): Promise<void> {
    for (const service of [...this.services.values()].reverse()) await service.close();
    await this.transport.close();
    await this.sandbox.close();
    await this.database.remove();
  }

  /** As if the mailed link had been followed. */
  async verify(email: string): Promise<void> {
    await this.database.query('UPDATE identity.users SET email_verified_at = now() WHERE email = $1', [
      email,
    ]);
  }

  private async register(email: string, name: string, fields: object = {}): Promise<string> {
    const password = randomBytes(12).toString('hex');
    const { status, body } = await this.call('POST', '/v1/auth/register', {
      body: { email, password, name, ...fields },
    });
    if (status !== 201) throw new Error(`registration answered ${status}: ${JSON.stringify(body)}`);
    await this.verify(email);
    return password;
  }

  private async member(email: string, password: string): Promise<Member> {
    interface Session {
      accessToken: string;
      refreshToken: string;
      user: { id: string };
      tenant: { id: string };
    }
    const { status, body } = await this.call<Session>('POST', '/v1/auth/login', {
      body: { email, password },
    });
    if (status !== 200) throw new Error(`sign-in answered ${status}: ${JSON.stringify(body)}`);
    const { accessToken, refreshToken, user, tenant } = body;
    const caller: CallerContext = {
      requestId: newId(),
      tenantId: tenant.id,
      userId: user.id,
      roles: ['owner'],
      locale: 'en',
    };
    return { email, password, accessToken, refreshToken, tenantId: tenant.id, userId: user.id, caller };
  }
}
