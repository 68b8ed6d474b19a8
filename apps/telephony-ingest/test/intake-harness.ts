import { createHmac, randomBytes } from 'node:crypto';
import {
  addPhoneNumber,
  type AddPhoneNumberRequest,
  newId,
  putIntegration,
  type PutIntegrationRequest,
  runAs,
  tenantCreatedV1,
} from '@parley/contracts';
import { InProcessTransport, RpcClient } from '@parley/messaging';
import { type RunningService, startService } from '@parley/platform';
import { aCaller, type TestDatabase, testDatabase } from '@parley/testing';
import { Client } from 'pg';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks';
import { telephonyIngest } from '../src/service';

export const PUBLIC_URL = 'https://hooks.example.test';

export interface Answer {
  status: number;
  contentType: string;
  body: string;
  headers: Headers;
}

/** telephony-ingest with a database of its own, and a provider's side of the wire. */
export class Intake {
  readonly rpc: RpcClient;
  readonly authToken = randomBytes(16).toString('hex');
  readonly webhookSecret = randomBytes(16).toString('hex');
  readonly accountSid = aSid('AC');

  private constructor(
    readonly database: TestDatabase,
    readonly transport: InProcessTransport,
    readonly environment: Record<string, string>,
    public service: RunningService,
  ) {
    this.rpc = new RpcClient(transport);
  }

  static async start(settings: Record<string, string> = {}): Promise<Intake> {
    const database = await testDatabase([telephonyIngest]);
    const transport = new InProcessTransport();
    const env = {
      DATABASE_URL: database.urlOf('telephony-ingest'),
      NODE_ENV: 'test',
      PORT: '0',
      PUBLIC_URL,
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      WEBHOOK_LIMIT_PER_MINUTE: '0',
      ...settings,
    };
    const service = await startService(telephonyIngest, { env, transport, quiet: true });
    return new Intake(database, transport, env, service);
  }

  /** As after a crash and a restart, with other settings if wanted. */
  async restart(settings: Record<string, string> = {}): Promise<void> {
    await this.service.close();
    this.service = await startService(telephonyIngest, {
      env: { ...this.environment, ...settings },
      transport: this.transport,
      quiet: true,
    });
  }

  async stop(): Promise<void> {
    await this.service.close();
    await this.database.remove();
  }

  /** A tenant with its accounts at both providers. */
  async tenant(slug: string, facts: { locale?: 'en' | 'fr'; name?: string } = {}): Promise<Tenant> {
    const tenantId = newId();
    const payload = { ...tenantCreatedV1.sample, tenantId, slug, ...facts };
    const meta = {
      id: newId(),
      source: 'identity' as const,
      type: tenantCreatedV1.type,
      time: new Date().toISOString(),
      subject: tenantId,
      tenantId,
      correlationId: newId(),
    };
    const [failure] = await this.transport.publish([{ meta, payload }]);
    if (failure) throw failure;
    return new Tenant(this, tenantId, slug);
  }

  async post(path: string, body: string | Buffer, headers: Record<string, string>): Promise<Answer> {
    const response = await fetch(`${this.service.url}${path}`, {
      method: 'POST',
      body: body as string,
      headers,
    });
    return {
      status: response.status,
      contentType: response.headers.get('content-type') ?? '',
      body: await response.text(),
      headers: response.headers,
    };
  }

  async journal<Row extends object = JournalRow>(): Promise<Row[]> {
    return this.database.query<Row>('SELECT * FROM telephony.journal ORDER BY id');
  }

  /** Takes the database away as an operator would: nobody gets in, everybody is thrown out. */
  async takeDatabaseAway(): Promise<void> {
    await this.asAdministrator((name) => `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await this.database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
  }

  async giveDatabaseBack(): Promise<void> {
    await this.asAdministrator((name) => `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
  }

  private async asAdministrator(sql: (database: string) => string): Promise<void> {
    const url = new URL(this.database.ownerUrl);
    const name = url.pathname.slice(1);
    url.pathname = '/postgres';
    const client = new Client({ connectionString: url.toString() });
    await client.connect();
    await client.query(sql(name));
    await client.end();
  }
}

export interface JournalRow {
  id: string;
  provider: string;
  kind: string;
  tenant_id: string | null;
  dedupe_key: string;
  headers: Record<string, string>;
  body: Buffer;
  verified_by: string;
  status: string;
  attempts: number;
  last_error: string | null;
  replay_count: number;
}

export class Tenant {
  readonly authToken = randomBytes(16).toString('hex');
  readonly webhookSecret = randomBytes(16).toString('hex');
  readonly accountSid = aSid('AC');
  readonly caller: ReturnType<typeof aCaller>;

  constructor(
    private readonly intake: Intake,
    readonly id: string,
    readonly slug: string,
  ) {
    this.caller = aCaller({ tenantId: id });
  }

  put(settings: PutIntegrationRequest) {
    return this.as(() => this.intake.rpc.call(putIntegration, settings));
  }

  async connect(): Promise<this> {
    const { accountSid, authToken, webhookSecret } = this;
    await this.put({ provider: 'twilio', accountSid, authToken, webhookSecret });
    await this.put({ provider: 'vapi', webhookSecret });
    return this;
  }

  addNumber(number: AddPhoneNumberRequest) {
    return this.as(() => this.intake.rpc.call(addPhoneNumber, number));
  }

  as<T>(work: () => Promise<T>): Promise<T> {
    return runAs(this.caller, work);
  }

  /** Posts a form as Twilio signs it. */
  twilio(path: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
    const signed = { AccountSid: this.accountSid, ...form };
    return this.intake.post(path, new URLSearchParams(signed).toString(), {
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      'x-twilio-signature': getExpectedTwilioSignature(this.authToken, PUBLIC_URL + path, signed),
      ...headers,
    });
  }

  /** Posts a server message as Vapi signs it with its default HMAC plan. */
  vapi(message: object, headers: Record<string, string> = {}, path = '/v1/webhooks/vapi'): Promise<Answer> {
    const body = JSON.stringify({ message });
    const timestamp = String(Date.now());
    const signature = createHmac('sha256', this.webhookSecret).update(`${timestamp}.${body}`).digest('hex');
    return this.intake.post(path, body, {
      'content-type': 'application/json',
      'x-timestamp': timestamp,
      'x-signature': signature,
      ...headers,
    });
  }

  /** Posts a body with design 002's signature. */
  generic(path: string, body: string, headers: Record<string, string>): Promise<Answer> {
    const signature = createHmac('sha256', this.webhookSecret).update(body).digest('hex');
    return this.intake.post(path, body, {
      'content-type': 'application/json',
      'x-webhook-signature': `sha256=${signature}`,
      ...headers,
    });
  }
}

export function aSid(prefix: string): string {
  return prefix + randomBytes(16).toString('hex');
}

/** A number nobody else in the run has. */
let lines = 0;
export function aLine(): string {
  lines += 1;
  return `+1514555${String(1000 + lines)}`;
}

export const errorCode = ({ body }: Answer): string =>
  (JSON.parse(body) as { error: { code: string } }).error.code;
