import { Inject, Injectable } from '@nestjs/common';
import { smsReceivedV1 } from '@parley/contracts';
import { Outbox } from '@parley/messaging';
import type { MessageObservation } from '../observations';
import { keywordIn } from './keyword';
import { MessageRepository } from './message.repository';

/** Bounds of the contract. */
const MAX_BODY = 1600;
const MAX_NUMBER = 32;

/** Keeps text messages and the wishes in them; a message that came in is announced once. */
@Injectable()
export class MessageRecorder {
  constructor(
    @Inject(MessageRepository) private readonly messages: MessageRepository,
    @Inject(Outbox) private readonly outbox: Outbox,
  ) {}

  async record(
    observation: MessageObservation,
    occasion: { tenantId: string; causationId?: string },
  ): Promise<void> {
    const { tenantId } = occasion;
    const { direction, from, to, body = '', providerMessageId, segments, occurredAt } = observation;
    const keyword = direction === 'inbound' ? keywordIn(body) : null;
    const { id, isNew } = await this.messages.record(tenantId, observation, keyword);
    if (direction !== 'inbound') return;
    if (keyword === 'STOP' || keyword === 'START') {
      await this.messages.recordWish(tenantId, from, keyword, occurredAt);
    }
    if (!isNew) return;
    await this.outbox.add(
      smsReceivedV1,
      {
        messageId: id,
        providerMessageId: providerMessageId.slice(0, 64),
        from: from.slice(0, MAX_NUMBER),
        to: to.slice(0, MAX_NUMBER),
        body: body.slice(0, MAX_BODY),
        segments: segments ?? 1,
        receivedAt: occurredAt.toISOString(),
      },
      { subject: id, ...occasion },
    );
  }
}
