import { Injectable, Logger } from '@nestjs/common';
import { SecretBox } from '@parley/platform';
import { signedRequest } from '../formats/signed-request';
import type { Answer } from './answer';
import type { AttemptResult, ClaimedDelivery } from './claimed-delivery';
import { HttpSender } from './http-sender';

const HIDDEN = '[hidden]';

interface Prepared {
  body: string;
  headers: Record<string, string>;
  shown: Record<string, string>;
}

/** Makes one attempt at one delivery. */
@Injectable()
export class Attempter {
  private readonly logger = new Logger(Attempter.name);

  constructor(
    private readonly box: SecretBox,
    private readonly sender: HttpSender,
  ) {}

  async attempt(delivery: ClaimedDelivery): Promise<AttemptResult> {
    const startedAt = new Date();
    const prepared = this.prepare(delivery, startedAt);
    const answer = prepared
      ? await this.sender.post(delivery.url, prepared.body, prepared.headers)
      : noAnswer('the secret of the endpoint cannot be read: set it anew');
    return { delivery, startedAt, endedAt: new Date(), requestHeaders: prepared?.shown ?? {}, answer };
  }

  /** Undefined when what was sealed cannot be opened, which no retry mends but a person may. */
  private prepare(delivery: ClaimedDelivery, at: Date): Prepared | undefined {
    const { endpointId, eventId: id, format, body: stored, secretEnc, prevSecretEnc, headersEnc } = delivery;
    try {
      const open = (sealed: Buffer): string => this.box.open(sealed, endpointId);
      const secrets = [secretEnc, prevSecretEnc].filter((sealed) => sealed !== null).map(open);
      const custom = headersEnc ? (JSON.parse(open(headersEnc)) as Record<string, string>) : {};
      const { body, headers: signed } = signedRequest({ id, format, body: stored, secrets, at });
      const own = { ...this.sender.commonHeaders, ...signed };
      const hidden = Object.fromEntries(Object.keys(custom).map((name) => [name, HIDDEN]));
      return { body, headers: { ...custom, ...own }, shown: { ...hidden, ...own } };
    } catch (error) {
      this.logger.error({ err: error, endpointId }, 'an endpoint secret cannot be opened');
      return undefined;
    }
  }
}

const noAnswer = (error: string): Answer => ({
  status: null,
  headers: null,
  body: null,
  durationMs: 0,
  error,
});
