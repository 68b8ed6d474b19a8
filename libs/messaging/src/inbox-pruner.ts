import { Logger } from '@nestjs/common';
import type { ServiceName } from '@parley/contracts';
import type { Database } from '@parley/persistence';

const EVERY_MS = 3_600_000;

/** No transport delivers an event again after so long; what was handled before then may be forgotten. */
const KEEP = '30 days';

/** Keeps the inbox from growing for ever. */
export class InboxPruner {
  private readonly logger: Logger;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    service: ServiceName,
    private readonly database: Database,
  ) {
    this.logger = new Logger(`Inbox:${service}`);
  }

  start(): void {
    this.timer = setInterval(() => {
      this.prune().catch((error: unknown) =>
        this.logger.warn({ err: error }, 'pruning failed; next hour again'),
      );
    }, EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** @returns how many rows went */
  async prune(): Promise<number> {
    return this.database.system('inbox pruning', () =>
      this.database.execute(`DELETE FROM inbox WHERE handled_at < now() - interval '${KEEP}'`),
    );
  }
}
