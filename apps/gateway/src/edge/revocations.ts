import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import {
  ACCESS_TOKEN_SECONDS,
  listRevokedSessions,
  runAs,
  type SessionRevokedV1,
  sessionRevokedV1,
  systemCaller,
  Unavailable,
} from '@parley/contracts';
import { RpcClient, type Transport } from '@parley/messaging';
import { Health, TRANSPORT } from '@parley/platform';

/** An access token lives an hour; after that, and a minute for clocks that differ, its session may be forgotten. */
const REMEMBER_MS = (ACCESS_TOKEN_SECONDS + 60) * 1000;
const PAGE = 200;
const RETRY_MS = 250;
const MAX_RETRY_MS = 5_000;
/** How long a request waits while we catch up, before it is told to come again. */
const PATIENCE_MS = 3_000;

type Listener = (sessionId: string) => void;

/**
 * Sessions that ended before their tokens did. Fed by events, so that an end reaches every gateway. What ended while
 * this one was away, starting or cut off from the broker, it asks identity for; until it knows, no token is accepted.
 */
@Injectable()
export class Revocations implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(Revocations.name);
  private readonly ended = new Map<string, number>();
  private readonly listeners: Listener[] = [];
  private readonly waiting = new Set<() => void>();
  /** Rises with every loss of the connection: what was asked before it says nothing about after. */
  private epoch = 0;
  private current = false;
  private stopped = false;

  constructor(
    @Inject(TRANSPORT) private readonly transport: Transport,
    @Inject(RpcClient) private readonly rpc: RpcClient,
    @Inject(Health) health: Health,
  ) {
    health.inform('revocations', () => (this.current ? 'up' : 'down'));
  }

  /** Listens first and asks then: what ends in between is told twice rather than not at all. */
  async onModuleInit(): Promise<void> {
    await this.transport.observe([sessionRevokedV1.type], ({ payload }) => {
      this.revoke((payload as SessionRevokedV1).sessionId, Date.now());
    });
    this.transport.onConnection((connected) => {
      this.epoch += 1;
      this.current = false;
      if (connected) void this.catchUp(this.epoch);
    });
    void this.catchUp(this.epoch);
  }

  onApplicationShutdown(): void {
    this.stopped = true;
  }

  /** Whether everything that ended is known here. */
  get isCurrent(): boolean {
    return this.current;
  }

  /** @throws Unavailable when that takes longer than a client should wait */
  async untilCurrent(): Promise<void> {
    if (this.current) return;
    await new Promise<void>((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        this.waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(() => {
        this.waiting.delete(done);
        reject(new Unavailable('It is not known yet which sessions ended: try again'));
      }, PATIENCE_MS);
      this.waiting.add(done);
    });
  }

  isRevoked(sessionId: string): boolean {
    return this.ended.has(sessionId);
  }

  onRevoked(listener: Listener): void {
    this.listeners.push(listener);
  }

  private async catchUp(epoch: number): Promise<void> {
    for (
      let wait = RETRY_MS;
      !this.stopped && epoch === this.epoch;
      wait = Math.min(2 * wait, MAX_RETRY_MS)
    ) {
      try {
        await this.load();
        if (epoch !== this.epoch) return;
        this.current = true;
        for (const done of [...this.waiting]) done();
        return;
      } catch (error) {
        this.logger.warn({ err: error }, `ended sessions are not known; asking again in ${wait} ms`);
        await new Promise((resolve) => setTimeout(resolve, wait).unref());
      }
    }
  }

  private async load(): Promise<void> {
    const since = new Date(Date.now() - REMEMBER_MS).toISOString();
    for (let cursor: string | null | undefined; cursor !== null;) {
      const request = { since, limit: PAGE, ...(cursor ? { cursor } : {}) };
      const page = await runAs(systemCaller('revocations'), () =>
        this.rpc.call(listRevokedSessions, request),
      );
      for (const { sessionId, revokedAt } of page.data) this.revoke(sessionId, Date.parse(revokedAt));
      cursor = page.nextCursor;
    }
  }

  private revoke(sessionId: string, at: number): void {
    if (this.ended.has(sessionId)) return;
    const now = Date.now();
    for (const [id, since] of this.ended) {
      if (now - since < REMEMBER_MS) break;
      this.ended.delete(id);
    }
    this.ended.set(sessionId, at);
    for (const listener of this.listeners) listener(sessionId);
  }
}
