import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { type SessionRevokedV1, sessionRevokedV1 } from '@parley/contracts';
import type { Transport } from '@parley/messaging';
import { TRANSPORT } from '@parley/platform';

/** An access token lives an hour; after that its session need not be remembered. */
const REMEMBER_MS = 3_660_000;

type Listener = (sessionId: string) => void;

/** Sessions that ended before their tokens did. Fed by events, so that an end reaches every gateway. */
@Injectable()
export class Revocations implements OnModuleInit {
  private readonly ended = new Map<string, number>();
  private readonly listeners: Listener[] = [];

  constructor(@Inject(TRANSPORT) private readonly transport: Transport) {}

  async onModuleInit(): Promise<void> {
    await this.transport.observe([sessionRevokedV1.type], ({ payload }) => {
      this.revoke((payload as SessionRevokedV1).sessionId);
    });
  }

  isRevoked(sessionId: string): boolean {
    return this.ended.has(sessionId);
  }

  onRevoked(listener: Listener): void {
    this.listeners.push(listener);
  }

  private revoke(sessionId: string): void {
    const now = Date.now();
    for (const [id, at] of this.ended) {
      if (now - at < REMEMBER_MS) break;
      this.ended.delete(id);
    }
    this.ended.set(sessionId, now);
    for (const listener of this.listeners) listener(sessionId);
  }
}
