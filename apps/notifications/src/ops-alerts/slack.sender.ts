import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { CONFIG } from '@parley/platform';
import { Agent, request } from 'undici';
import type { NotificationsConfig } from '../config';
import type { OpsAlert } from './ops-alert';
import { slackEndpoint } from './slack-endpoint';

/** Slack's incoming webhook. Its address is its secret: never in a log or an error. */
@Injectable()
export class SlackSender implements OnModuleDestroy {
  private readonly agent = new Agent();
  private readonly endpoint: string | undefined;

  constructor(@Inject(CONFIG) private readonly config: NotificationsConfig) {
    this.endpoint = slackEndpoint(config);
  }

  get isReady(): boolean {
    return this.endpoint !== undefined;
  }

  async onModuleDestroy(): Promise<void> {
    await this.agent.destroy();
  }

  /** @returns why it was not told; undefined when it was */
  async send(alert: OpsAlert): Promise<string | undefined> {
    if (!this.endpoint) return 'no webhook is set';
    try {
      const { statusCode, body } = await request(this.endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': `Parley/${this.config.APP_VERSION}` },
        body: JSON.stringify(messageOf(alert)),
        dispatcher: this.agent,
        signal: AbortSignal.timeout(this.config.OPS_TIMEOUT_MS),
      });
      await body.dump();
      return statusCode >= 200 && statusCode < 300 ? undefined : String(statusCode);
    } catch (error) {
      const { code, name } = error as NodeJS.ErrnoException;
      return name === 'TimeoutError' ? 'no answer in time' : String(code ?? name);
    }
  }
}

const MARKS = { critical: ':rotating_light:', warning: ':warning:', info: ':information_source:' } as const;

/** `text` is what notifications show; the block what is read. Slack takes 3,000 characters a block. */
function messageOf(alert: OpsAlert): { text: string; blocks: object[] } {
  const { severity, kind, message, tenantId, details } = alert;
  const text = `${MARKS[severity]} ${severity.toUpperCase()} ${kind}: ${message}`;
  const facts = JSON.stringify({ ...(tenantId ? { tenantId } : {}), ...details }, null, 1);
  const block = (markdown: string) => ({
    type: 'section',
    text: { type: 'mrkdwn', text: markdown.slice(0, 2_900) },
  });
  return {
    text: escaped(text),
    blocks: [block(escaped(text)), block(`\`\`\`${escaped(facts).slice(0, 2_800)}\`\`\``)],
  };
}

/** What Slack would take for its own markup. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
