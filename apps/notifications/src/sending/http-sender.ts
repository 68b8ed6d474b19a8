import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { CONFIG } from '@parley/platform';
import { Agent, type Dispatcher, request } from 'undici';
import type { NotificationsConfig } from '../config';
import type { Answer } from './answer';
import { TargetGuard, TargetRefused } from './target-guard';

/** Of an answer's body we read at most this, for at most this long, and keep the first kilobyte. */
const READ_BYTES = 4096;
const READ_MS = 2_000;
const KEPT_BYTES = 1024;

/** Headers worth showing to whoever looks for a fault. */
const KEPT_HEADERS = ['content-type', 'date', 'location', 'retry-after', 'server', 'x-request-id'];

/** Posts to addresses that the guard let pass, follows nothing, and never throws: a failure is an answer too. */
@Injectable()
export class HttpSender implements OnModuleDestroy {
  private readonly agent: Agent;
  private readonly timeoutMs: number;
  private readonly userAgent: string;

  constructor(
    private readonly guard: TargetGuard,
    @Inject(CONFIG) config: NotificationsConfig,
  ) {
    this.timeoutMs = config.WEBHOOK_TIMEOUT_MS;
    this.userAgent = `Parley-Webhooks/${config.APP_VERSION}`;
    this.agent = new Agent({
      allowH2: false,
      connect: { lookup: guard.lookup, timeout: this.timeoutMs },
      headersTimeout: this.timeoutMs,
      bodyTimeout: READ_MS,
    });
  }

  async onModuleDestroy(): Promise<void> {
    await this.agent.destroy();
  }

  /** What every request carries besides its signatures. */
  get commonHeaders(): Record<string, string> {
    return { 'content-type': 'application/json', 'user-agent': this.userAgent };
  }

  async post(target: string, body: string, headers: Record<string, string>): Promise<Answer> {
    const started = performance.now();
    const elapsed = (): number => Math.round(performance.now() - started);
    try {
      const response = await request(this.guard.checkUrl(target), {
        method: 'POST',
        headers,
        body,
        dispatcher: this.agent,
        signal: AbortSignal.timeout(this.timeoutMs),
      });
      const durationMs = elapsed();
      const excerpt = await excerptOf(response.body);
      const { statusCode: status } = response;
      return { status, headers: keptHeaders(response.headers), body: excerpt, durationMs, error: null };
    } catch (error) {
      return { status: null, headers: null, body: null, durationMs: elapsed(), error: this.describe(error) };
    }
  }

  /** Short, for the tenant to read. */
  private describe(error: unknown): string {
    if (error instanceof TargetRefused) return `refused: the URL ${error.message}`;
    const { name, code, message } = error as NodeJS.ErrnoException;
    if (name === 'TimeoutError') return `no answer within ${this.timeoutMs} ms`;
    return code ? `${code}: ${message.split('\n', 1)[0]}`.slice(0, 300) : name;
  }
}

/** A status is an answer, however long its body takes: what did not come in time is left. */
async function excerptOf(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  const late = setTimeout(() => body.destroy(), READ_MS);
  let size = 0;
  const kept = (): string => textOf(Buffer.concat(chunks).subarray(0, KEPT_BYTES));
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= READ_BYTES) break;
    }
    return kept();
  } catch {
    return kept();
  } finally {
    clearTimeout(late);
  }
}

/** PostgreSQL cannot store NUL. */
const textOf = (bytes: Buffer): string => bytes.toString('utf8').replaceAll('\u0000', '');

function keptHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => {
      const value = headers[name];
      return value === undefined ? [] : [[name, String(value).replaceAll('\u0000', '').slice(0, 300)]];
    }),
  );
}
