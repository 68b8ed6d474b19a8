import type { ServiceName } from '@parley/contracts';
import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import type { Database } from '@parley/persistence';
import type { DeadLetters } from './dead-letters';
import { Dispatcher } from './dispatcher';
import type { Serving, Transport } from './transport';

export interface ParleyServerOptions {
  service: ServiceName;
  transport: Transport;
  database?: Database | undefined;
  deadLetters?: DeadLetters | undefined;
  maxAttempts?: number | undefined;
}

/** Nest's door for our transports: collects the decorated handlers and serves them. */
export class ParleyServer extends Server implements CustomTransportStrategy {
  private serving: Serving | undefined;
  private running: Dispatcher | undefined;

  constructor(private readonly options: ParleyServerOptions) {
    super();
  }

  /** The dispatcher of the running server: dead letters are replayed through it. */
  get dispatcher(): Dispatcher {
    if (!this.running) throw new Error(`${this.options.service} is not listening yet`);
    return this.running;
  }

  listen(callback: (error?: unknown) => void): void {
    this.running = new Dispatcher({ ...this.options, handlers: this.getHandlers() });
    this.options.transport.serve(this.running).then((serving) => {
      this.serving = serving;
      callback();
    }, callback);
  }

  async close(): Promise<void> {
    await this.serving?.stop();
  }

  override on(): void {
    // Status is asked of the transport itself.
  }

  override unwrap<T>(): T {
    return this.options.transport as T;
  }
}
