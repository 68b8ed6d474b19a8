import { defineEvent } from '../event';
import { Instant, Int, Uuid } from '../fields';
import { defineOperation, Nothing } from '../rpc';

/** Ten years: longer is the same as for ever. */
const LONGEST_DAYS = 3650;

/** Days after which data is removed, once a day; null keeps it. */
export class RetentionDays {
  @Int({ nullable: true, min: 1, max: LONGEST_DAYS, description: 'Calls, transcripts, recordings' })
  callsDays: number | null;
  @Int({ nullable: true, min: 1, max: LONGEST_DAYS, description: 'Text messages' })
  messagesDays: number | null;
  @Int({ nullable: true, min: 1, max: LONGEST_DAYS, description: 'Conversations with assistants' })
  conversationsDays: number | null;
  @Int({ nullable: true, min: 1, max: LONGEST_DAYS, description: 'Log of outbound webhooks' })
  deliveriesDays: number | null;
}

export class RetentionResponse extends RetentionDays {
  @Instant({ nullable: true, description: 'null while nothing was ever set' }) updatedAt: string | null;
}

/** A field left out stays as it is. */
export class PutRetentionRequest {
  @Int({ optional: true, nullable: true, min: 1, max: LONGEST_DAYS }) callsDays?: number | null;
  @Int({ optional: true, nullable: true, min: 1, max: LONGEST_DAYS }) messagesDays?: number | null;
  @Int({ optional: true, nullable: true, min: 1, max: LONGEST_DAYS }) conversationsDays?: number | null;
  @Int({ optional: true, nullable: true, min: 1, max: LONGEST_DAYS }) deliveriesDays?: number | null;
}

export const getRetention = defineOperation({
  name: 'identity.retention.get',
  service: 'identity',
  request: Nothing,
  response: RetentionResponse,
});

export const putRetention = defineOperation({
  name: 'identity.retention.put',
  service: 'identity',
  request: PutRetentionRequest,
  response: RetentionResponse,
});

export class RetentionChangedV1 extends RetentionDays {
  @Uuid() tenantId: string;
  @Int({ min: 1, description: 'Rises with every change' }) version: number;
}

export const retentionChangedV1 = defineEvent({
  type: 'identity.retention.changed.v1',
  producer: 'identity',
  description: 'How long a tenant keeps its data. Services purge what they own; the highest version holds.',
  payload: RetentionChangedV1,
  sample: {
    tenantId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0010',
    version: 2,
    callsDays: 365,
    messagesDays: 365,
    conversationsDays: null,
    deliveriesDays: 30,
  },
});
