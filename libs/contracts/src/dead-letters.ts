import { Instant, Int, Json, OneOf, Text, Uuid } from './fields';
import { PageRequest, pageOf } from './page';
import { defineOperation, type Operation, SERVICES, type ServiceName } from './rpc';

export const DEAD_LETTER_STATUSES = ['open', 'replayed', 'discarded'] as const;

/** A message that a service gave up on, kept with its reason until a person decides. */
export class DeadLetter {
  @Uuid() id: string;
  @OneOf(SERVICES) service: ServiceName;
  @Text({ example: 'UsageConsumer.onCallEnded' }) handler: string;
  @Text({ example: 'telephony.call.ended.v1' }) type: string;
  @Uuid() eventId: string;
  @Uuid({ nullable: true }) tenantId: string | null;
  @Json() payload: Record<string, unknown>;
  @Text({ max: 4000, example: 'connection refused' }) reason: string;
  @Int() attempts: number;
  @OneOf(DEAD_LETTER_STATUSES) status: (typeof DEAD_LETTER_STATUSES)[number];
  @Instant() createdAt: string;
  @Instant({ nullable: true }) handledAt: string | null;
}

export const DeadLetterPage = pageOf(DeadLetter);

export class ListDeadLettersRequest extends PageRequest {
  @OneOf(DEAD_LETTER_STATUSES, { optional: true, description: '`open` by default' })
  status?: (typeof DEAD_LETTER_STATUSES)[number];
}

export class ReplayDeadLetterRequest {
  @Uuid() id: string;
  @Json({ optional: true, description: 'Replaces the payload before it is handled again' })
  payload?: Record<string, unknown>;
}

export class DeadLetterIdRequest {
  @Uuid() id: string;
}

/** Every service that keeps data answers these for its own dead letters. */
export interface DeadLetterOperations {
  list: Operation<ListDeadLettersRequest, InstanceType<typeof DeadLetterPage>>;
  replay: Operation<ReplayDeadLetterRequest, DeadLetter>;
  discard: Operation<DeadLetterIdRequest, DeadLetter>;
}

export function deadLetterOperations(service: ServiceName): DeadLetterOperations {
  const owner = service.replace(/-/g, '');
  return {
    list: defineOperation({
      name: `${owner}.deadletters.list`,
      service,
      role: 'super_admin',
      request: ListDeadLettersRequest,
      response: DeadLetterPage,
    }),
    replay: defineOperation({
      name: `${owner}.deadletter.replay`,
      service,
      role: 'super_admin',
      request: ReplayDeadLetterRequest,
      response: DeadLetter,
    }),
    discard: defineOperation({
      name: `${owner}.deadletter.discard`,
      service,
      role: 'super_admin',
      request: DeadLetterIdRequest,
      response: DeadLetter,
    }),
  };
}
