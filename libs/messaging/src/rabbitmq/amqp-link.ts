import { Logger } from '@nestjs/common';
import { type Channel, type ChannelModel, type ConfirmChannel, connect } from 'amqplib';

const HEARTBEAT_SECONDS = 10;
const RECONNECT_MS = 500;
const MAX_RECONNECT_MS = 5_000;
/** Nagle plus delayed acknowledgement costs 40 ms per small frame (MESSAGING 4). */
const SOCKET = { noDelay: true, timeout: 10_000 };

type Setup = (link: {
  channel(): Promise<Channel>;
  confirmChannel(): Promise<ConfirmChannel>;
}) => Promise<void>;

/**
 * One connection per process that comes back by itself. Channels belong to a connection: every reconnect runs
 * the setups again, in order. A channel closed by the broker takes the connection with it, because a consumer
 * without a channel is silently dead.
 */
export class AmqpLink {
  private readonly logger = new Logger('RabbitMQ');
  private readonly setups: Setup[] = [];
  private readonly lost: (() => void)[] = [];
  private readonly back: (() => void)[] = [];
  private connection: ChannelModel | undefined;
  private connecting: Promise<void> | undefined;
  private closed = false;

  constructor(
    private readonly url: string,
    private readonly name: string,
  ) {}

  get isReady(): boolean {
    return this.connection !== undefined;
  }

  /** Runs `setup` now and after every reconnect. Resolves when it has run on a live connection. */
  async use(setup: Setup): Promise<void> {
    this.setups.push(setup);
    if (this.connection) await this.guarded(setup, this.connection);
    else await this.connect();
  }

  /** Called each time the connection is lost. */
  onLost(listener: () => void): void {
    this.lost.push(listener);
  }

  /** Called each time a connection is made, once every setup has run on it. */
  onBack(listener: () => void): void {
    this.back.push(listener);
  }

  async close(): Promise<void> {
    this.closed = true;
    const { connection } = this;
    this.connection = undefined;
    await connection?.close().catch((error: unknown) => this.logger.debug({ err: error }, 'closing'));
  }

  private connect(): Promise<void> {
    this.connecting ??= this.connectUntilReady().finally(() => {
      this.connecting = undefined;
    });
    return this.connecting;
  }

  private async connectUntilReady(): Promise<void> {
    for (let wait = RECONNECT_MS; !this.closed; wait = Math.min(wait * 2, MAX_RECONNECT_MS)) {
      try {
        await this.open();
        return;
      } catch (error) {
        this.logger.warn({ err: error }, `not connected; next try in ${wait} ms`);
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }

  private async open(): Promise<void> {
    const connection = await connect(withHeartbeat(this.url), {
      ...SOCKET,
      clientProperties: { connection_name: this.name },
    });
    connection.on('error', (error: unknown) => this.logger.warn({ err: error }, 'connection error'));
    try {
      for (const setup of this.setups) await this.run(setup, connection);
    } catch (error) {
      await connection.close().catch(() => undefined);
      throw error;
    }
    connection.once('close', () => this.onClose(connection));
    this.connection = connection;
    for (const listener of this.back) listener();
  }

  private async guarded(setup: Setup, connection: ChannelModel): Promise<void> {
    try {
      await this.run(setup, connection);
    } catch (error) {
      this.logger.warn({ err: error }, 'channel setup failed; reconnecting');
      await connection.close().catch(() => undefined);
      await this.connect();
    }
  }

  private run(setup: Setup, connection: ChannelModel): Promise<void> {
    const watch = <T extends Channel>(channel: T): T => {
      channel.on('error', (error: unknown) => {
        this.logger.error({ err: error }, 'channel closed by the broker; reconnecting');
        connection.close().catch(() => undefined);
      });
      return channel;
    };
    return setup({
      channel: async () => watch(await connection.createChannel()),
      confirmChannel: async () => watch(await connection.createConfirmChannel()),
    });
  }

  private onClose(connection: ChannelModel): void {
    if (this.connection === connection) this.connection = undefined;
    for (const listener of this.lost) listener();
    if (this.closed) return;
    this.logger.warn('connection lost');
    void this.connect();
  }
}

function withHeartbeat(url: string): string {
  const parsed = new URL(url);
  if (!parsed.searchParams.has('heartbeat')) parsed.searchParams.set('heartbeat', String(HEARTBEAT_SECONDS));
  return parsed.toString();
}
