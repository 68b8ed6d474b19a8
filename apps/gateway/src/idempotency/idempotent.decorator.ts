import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension, ApiHeader } from '@nestjs/swagger';

export const IDEMPOTENT = Symbol('IDEMPOTENT');

export interface Idempotence {
  /**
   * The service takes `currentCaller().idempotencyKey` as the natural key of the effect, so that asking it again after
   * an unanswered request gives one effect. Others are told that the outcome is unknown.
   */
  readonly repeatable: boolean;
}

/** What costs, sends or creates: a repeat with the same `Idempotency-Key` gets the first answer again. */
export const Idempotent = ({ repeatable = false }: Partial<Idempotence> = {}) =>
  applyDecorators(
    SetMetadata<symbol, Idempotence>(IDEMPOTENT, { repeatable }),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'Any text of yours, 1 to 255 characters; for 24 hours a repeat gets the first answer again',
      schema: { type: 'string', maxLength: 255, example: 'order-2026-11-20-0001' },
    }),
    ApiExtension('x-idempotent', true),
  );
