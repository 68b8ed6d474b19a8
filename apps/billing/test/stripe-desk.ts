import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId, stripeReceivedV1, verifyLedger } from '@parley/contracts';
import { eventually, type TestDatabase } from '@parley/testing';
import Stripe from 'stripe';
import { type RunningSandbox, startSandbox } from '../../sandbox/src';
import { billingDatabase, Replica, tenantCreated } from './running-billing';

/** Billing beside the simulated Stripe; between them a stand-in for the journal that checks signatures. */
export class StripeDesk {
  private constructor(
    readonly database: TestDatabase,
    readonly sandbox: RunningSandbox,
    readonly stripe: Stripe,
    private readonly endpoint: Server,
    private readonly state: { billing: Replica; paused: boolean },
  ) {}

  static async start(env: Record<string, string> = {}): Promise<StripeDesk> {
    const database = await billingDatabase();
    const secret = `whsec_${randomBytes(12).toString('hex')}`;
    const sandbox = await startSandbox({
      port: 0,
      twilioAuthToken: 'test',
      vapiSecret: 'test',
      stripeWebhookSecret: secret,
    });
    const billing = await Replica.start(database, {
      SANDBOX_URL: sandbox.url,
      STRIPE_MAX_RETRIES: '0',
      CHECKOUT_ORIGINS: 'https://app.parley.test',
      ...env,
    });
    const state = { billing, paused: false };
    const endpoint = await listen(secret, state);
    const { hostname, port } = new URL(sandbox.url);
    const stripe = new Stripe('sandbox', {
      host: hostname,
      port,
      protocol: 'http',
      telemetry: false,
      maxNetworkRetries: 0,
    });
    const desk = new StripeDesk(database, sandbox, stripe, endpoint, state);
    const at = (endpoint.address() as AddressInfo).port;
    await desk.control('PUT', '/webhook', { url: `http://127.0.0.1:${at}/` });
    return desk;
  }

  get billing(): Replica {
    return this.state.billing;
  }

  async aTenant(): Promise<string> {
    const tenantId = newId();
    await this.billing.deliver(tenantCreated(tenantId));
    return tenantId;
  }

  async control<T = Record<string, unknown>>(method: string, path: string, body: object = {}): Promise<T> {
    const response = await fetch(`${this.sandbox.url}/control/stripe${path}`, {
      method,
      ...(method === 'GET'
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const answer = response.status === 204 ? {} : ((await response.json()) as T);
    if (!response.ok) throw new Error(JSON.stringify(answer));
    return answer as T;
  }

  async faults(wanted: object): Promise<void> {
    await fetch(`${this.sandbox.url}/control/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(wanted),
    });
  }

  async hold(): Promise<void> {
    this.state.paused = true;
    await this.control('PUT', '/webhook', { paused: true });
  }

  /** Lets go what was held back. */
  async release(how: { order?: string; copies?: number } = {}): Promise<void> {
    await this.control('POST', '/webhook/flush', how);
    await this.control('PUT', '/webhook', { paused: false });
    // What came of hearing it, such as a payment tried again, was held back as well.
    await this.control('POST', '/webhook/flush');
    this.state.paused = false;
    await this.settled();
  }

  /** Everything Stripe told was heard and acted on. Schedules that catch up with a clock set forward do not count. */
  async settled(): Promise<void> {
    await eventually(async () => {
      const made = this.state.paused ? [] : await this.events();
      const heard = await this.database.query<{ id: string; type: string; open: boolean }>(
        'SELECT event_id AS id, type, processed_at IS NULL AS open FROM billing.stripe_events',
      );
      const ids = new Set(heard.map(({ id }) => id));
      expect(made.filter((id) => !ids.has(id))).toEqual([]);
      expect(heard.filter(({ open }) => open)).toEqual([]);
      const jobs = await this.database.query(
        `SELECT t.identifier, j.attempts, j.last_error, j.run_at
         FROM billing_jobs._private_jobs j JOIN billing_jobs._private_tasks t ON t.id = j.task_id
         WHERE j.last_error IS NOT NULL OR j.run_at <= now() + interval '1 minute' AND NOT j.payload::jsonb ? '_cron'`,
      );
      expect(jobs).toEqual([]);
    }, 30_000);
  }

  async customerOf(tenantId: string): Promise<string> {
    const [row] = await this.database.query<{ id: string }>(
      `SELECT stripe_customer_id AS id FROM billing.billing_customers WHERE tenant_id = '${tenantId}'`,
    );
    return row?.id ?? '';
  }

  async lastCharge(tenantId: string): Promise<Stripe.Charge> {
    const customer = await this.customerOf(tenantId);
    const [charge] = (await this.stripe.charges.list({ customer, limit: 1 })).data;
    if (!charge) throw new Error('Nothing was charged');
    return charge;
  }

  /** What Stripe's balance has of the tenant's customer, in cents, before fees. */
  async centsAtStripe(tenantId: string): Promise<number> {
    const customer = await this.customerOf(tenantId);
    const charges = await all((page) => this.stripe.charges.list({ customer, ...page }));
    const own = new Set(charges.map(({ id }) => id));
    for (const { id: charge } of charges) {
      for (const refund of await all((page) => this.stripe.refunds.list({ charge, ...page })))
        own.add(refund.id);
      for (const dispute of await all((page) => this.stripe.disputes.list({ charge, ...page })))
        own.add(dispute.id);
    }
    const balance = await all((page) => this.stripe.balanceTransactions.list(page));
    return balance
      .filter(({ source }) => own.has(String(source)))
      .reduce((sum, { amount }) => sum + amount, 0);
  }

  /** What the tenant's books say of it. */
  async centsInBooks(tenantId: string): Promise<number> {
    const [row] = await this.database.query<{ cents: string | null }>(
      `SELECT sum(e.amount) AS cents FROM billing.ledger_entries e
       JOIN billing.ledger_accounts a ON a.id = e.account_id
       WHERE a.tenant_id = '${tenantId}' AND a.code = 'money:USD:stripe'`,
    );
    return Number(row?.cents ?? 0);
  }

  async expectAgreement(tenantId: string): Promise<void> {
    expect(await this.centsInBooks(tenantId)).toBe(await this.centsAtStripe(tenantId));
    const verification = await this.billing.askAsPlatform(verifyLedger, {});
    expect(verification).toMatchObject({ sound: true, unbalanced: 0 });
  }

  async close(): Promise<void> {
    await this.sandbox.close();
    this.endpoint.close();
    await this.billing.close();
    await this.database.remove();
  }

  private async events(): Promise<string[]> {
    return (await all((page) => this.stripe.events.list(page))).map(({ id }) => id);
  }
}

async function all<T extends { id: string }>(
  list: (page: { limit: number; starting_after?: string }) => Promise<Stripe.ApiList<T>>,
): Promise<T[]> {
  const found: T[] = [];
  for (;;) {
    const last = found.at(-1)?.id;
    const { data, has_more: more } = await list({ limit: 100, ...(last ? { starting_after: last } : {}) });
    found.push(...data);
    if (!more) return found;
  }
}

async function listen(secret: string, state: { billing: Replica }): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const header = request.headers['stripe-signature'] ?? '';
      const event = Stripe.webhooks.constructEvent(Buffer.concat(chunks), header, secret);
      const id = newId();
      const payload = {
        eventId: event.id,
        type: event.type,
        apiVersion: event.api_version,
        createdAt: new Date(event.created * 1000).toISOString(),
        livemode: event.livemode,
        object: event.data.object,
      };
      const meta = {
        id,
        source: 'telephony-ingest' as const,
        type: stripeReceivedV1.type,
        time: new Date().toISOString(),
        subject: id,
        correlationId: id,
      };
      void state.billing.deliver({ meta, payload }).then((failures) => {
        response.statusCode = failures.some(Boolean) ? 500 : 200;
        response.end('{}');
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
