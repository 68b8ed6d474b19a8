import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { SystemConfigTest } from '@parley/contracts';
import { CONFIG } from '@parley/platform';
import { Agent, request } from 'undici';
import type { IdentityConfig } from '../config';
import { type Probe, probeOf, type Stored } from './provider-probes';

/** One call of Vapi's may bring its whole transcript; more than this is not read. */
const MAX_ANSWER_BYTES = 2 * 1024 * 1024;

/** Asks providers whether they accept a value, with the value itself and one cheap question. */
@Injectable()
export class ProviderTest implements OnModuleDestroy {
  private readonly agent = new Agent({ maxResponseSize: MAX_ANSWER_BYTES });

  constructor(@Inject(CONFIG) private readonly config: IdentityConfig) {}

  async onModuleDestroy(): Promise<void> {
    await this.agent.destroy();
  }

  /** @throws NotTestable */
  async ask(key: string, value: string, stored: Stored): Promise<SystemConfigTest> {
    const probe = await probeOf(key, value, this.config, stored);
    const started = performance.now();
    const result = await this.answerTo(probe);
    return { ...result, asked: `GET ${probe.url}`, durationMs: Math.round(performance.now() - started) };
  }

  private async answerTo({
    url,
    headers,
  }: Probe): Promise<Pick<SystemConfigTest, 'ok' | 'status' | 'outcome'>> {
    try {
      const { statusCode, body } = await request(url, {
        headers: { ...headers, 'user-agent': `Parley/${this.config.APP_VERSION}` },
        dispatcher: this.agent,
        signal: AbortSignal.timeout(this.config.PROVIDER_TEST_TIMEOUT_MS),
      });
      return { status: statusCode, ...verdictOf(statusCode, await body.text()) };
    } catch (error) {
      return { ok: false, status: null, outcome: `no answer: ${nameOf(error)}` };
    }
  }
}

/** The provider's own words may quote the key, so only the status is told. */
export function verdictOf(status: number, answer: string): Pick<SystemConfigTest, 'ok' | 'outcome'> {
  if (status >= 200 && status < 300) return { ok: true, outcome: 'accepted' };
  // Resend's name for a key that may send mail and nothing else, which is all we do.
  if (status === 401 && answer.includes('restricted_api_key'))
    return { ok: true, outcome: 'accepted, for sending' };
  if (status === 401 || status === 403) return { ok: false, outcome: `refused with ${status}` };
  return { ok: false, outcome: `unexpected answer ${status}` };
}

function nameOf(error: unknown): string {
  const { code, name } = error as NodeJS.ErrnoException;
  return name === 'TimeoutError' ? 'not in time' : String(code ?? name);
}
