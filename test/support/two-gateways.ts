import { randomBytes } from 'node:crypto';
import { type RunningService, startService } from '@parley/platform';
import { eventually, type TestBroker, testBroker, type TestDatabase, testDatabase } from '@parley/testing';
import { io, type Socket } from 'socket.io-client';
import { gateway } from '../../apps/gateway/src';
import { identity } from '../../apps/identity/src';
import { CuttableProxy } from './cuttable-proxy';

export interface SignedIn {
  email: string;
  password: string;
  accessToken: string;
  refreshToken: string;
  userId: string;
  tenantId: string;
}

interface SessionBody {
  accessToken: string;
  refreshToken: string;
  user: { id: string };
  tenant: { id: string };
}

const ADMIN_EMAIL = 'root@platform.test';

/** Identity and two gateways as in production: each with its own connection to RabbitMQ, none sharing memory. */
export class TwoGateways {
  readonly gateways: RunningService[] = [];
  private readonly sockets: Socket[] = [];

  private constructor(
    readonly database: TestDatabase,
    private readonly broker: TestBroker,
    /** The second gateway's cable to the broker. */
    readonly cable: CuttableProxy,
    private readonly identity: RunningService,
    private readonly common: Record<string, string>,
  ) {}

  static async start(): Promise<TwoGateways> {
    const database = await testDatabase([identity, gateway]);
    const broker = await testBroker();
    const { hostname, port } = new URL(broker.url);
    const cable = await CuttableProxy.to(hostname, Number(port || 5672));
    const common = {
      NODE_ENV: 'test',
      PORT: '0',
      RABBITMQ_URL: broker.url,
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      BCRYPT_COST: '4',
      ADMIN_EMAIL,
      RATE_LIMITS: 'off',
    };
    const running = await startService(identity, {
      env: { ...common, DATABASE_URL: database.urlOf('identity') },
      quiet: true,
    });
    const platform = new TwoGateways(database, broker, cable, running, common);
    await platform.addGateway();
    const through = new URL(broker.url);
    through.hostname = '127.0.0.1';
    through.port = String(cable.port);
    await platform.addGateway(through.toString());
    return platform;
  }

  async addGateway(brokerUrl = this.broker.url): Promise<RunningService> {
    const env = {
      ...this.common,
      RABBITMQ_URL: brokerUrl,
      DATABASE_URL: this.database.urlOf('gateway'),
    };
    const running = await startService(gateway, { env, quiet: true });
    this.gateways.push(running);
    return running;
  }

  async call<Body = unknown>(
    method: string,
    path: string,
    { token, body, at = 0 }: { token?: string; body?: unknown; at?: number } = {},
  ): Promise<{ status: number; body: Body }> {
    const response = await fetch(`${this.gateways[at]?.url ?? ''}${path}`, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text ? JSON.parse(text) : undefined) as Body };
  }

  async signUp(email = `person-${randomBytes(4).toString('hex')}@example.test`): Promise<SignedIn> {
    const password = randomBytes(12).toString('hex');
    const { status } = await this.call('POST', '/v1/auth/register', {
      body: { email, password, name: 'Person' },
    });
    if (status !== 201) throw new Error(`registration answered ${status}`);
    await this.database.query('UPDATE identity.users SET email_verified_at = now() WHERE email = $1', [
      email,
    ]);
    return this.signIn({ email, password });
  }

  signUpAdmin(): Promise<SignedIn> {
    return this.signUp(ADMIN_EMAIL);
  }

  async signIn(
    { email, password }: { email: string; password: string },
    tenantSlug?: string,
  ): Promise<SignedIn> {
    const { status, body } = await this.call<SessionBody>('POST', '/v1/auth/login', {
      body: { email, password, ...(tenantSlug ? { tenantSlug } : {}) },
    });
    if (status !== 200) throw new Error(`sign-in answered ${status}`);
    const { accessToken, refreshToken, user, tenant } = body;
    return { email, password, accessToken, refreshToken, userId: user.id, tenantId: tenant.id };
  }

  async connect(token: string, at: number): Promise<Socket> {
    const socket = io(this.gateways[at]?.url ?? '', {
      path: '/agents-ws',
      auth: { token },
      transports: ['websocket'],
      reconnection: false,
    });
    this.sockets.push(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', () => resolve());
      socket.once('connect_error', reject);
    });
    return socket;
  }

  /** Until each of the first two gateways lets the token in. */
  async bothAccept(token: string): Promise<void> {
    for (const at of [0, 1])
      await eventually(async () => {
        expect((await this.call('GET', '/v1/users/me', { token, at })).status).toBe(200);
      });
  }

  hangUp(): void {
    this.sockets.splice(0).forEach((socket) => socket.disconnect());
  }

  async close(): Promise<void> {
    this.hangUp();
    this.cable.putBack();
    for (const running of this.gateways) await running.close();
    await this.identity.close();
    await this.cable.close();
    await this.broker.remove();
    await this.database.remove();
  }
}
