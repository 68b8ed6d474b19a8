import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { CONFIG, LiveConfig } from '@parley/platform';
import { Agent, request } from 'undici';
import type { NotificationsConfig } from '../config';
import { mailEndpoint } from './mail-endpoint';
import { Mailer, type OutgoingMail, type SendOutcome } from './mailer';
import { outcomeOf } from './resend-answer';

/** Resend's REST API, or the sandbox that plays it. */
@Injectable()
export class ResendMailer extends Mailer implements OnModuleDestroy {
  private readonly agent = new Agent();

  constructor(
    @Inject(CONFIG) private readonly config: NotificationsConfig,
    @Inject(LiveConfig) private readonly live: LiveConfig<NotificationsConfig>,
  ) {
    super();
    // Told at start, not with the first mail.
    mailEndpoint(config);
  }

  async onModuleDestroy(): Promise<void> {
    await this.agent.destroy();
  }

  async send({ id, to, subject, html, text }: OutgoingMail): Promise<SendOutcome> {
    try {
      const { apiKey, baseUrl } = mailEndpoint({
        ...this.config,
        RESEND_API_KEY: this.live.get('RESEND_API_KEY'),
      });
      const { statusCode, headers, body } = await request(`${baseUrl}/emails`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${apiKey}`,
          'content-type': 'application/json',
          'idempotency-key': id,
          'user-agent': `Parley/${this.config.APP_VERSION}`,
        },
        body: JSON.stringify({ from: this.live.get('EMAIL_FROM'), to: [to], subject, html, text }),
        dispatcher: this.agent,
        signal: AbortSignal.timeout(this.config.EMAIL_TIMEOUT_MS),
      });
      return outcomeOf(statusCode, await body.text(), headers['retry-after']?.toString());
    } catch (error) {
      return { kind: 'try-again', error: nameOf(error) };
    }
  }
}

/** Whether the mail went out is unknown; asking again with the same key is safe. */
function nameOf(error: unknown): string {
  const { code, name } = error as NodeJS.ErrnoException;
  return name === 'TimeoutError' ? 'no answer in time' : String(code ?? name);
}
