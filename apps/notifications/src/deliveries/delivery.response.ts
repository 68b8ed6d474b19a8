import type { WebhookAttempt, WebhookDelivery } from '@parley/contracts';
import type { AttemptRow, DeliveryRow } from './delivery.repository';

export function toDelivery(row: DeliveryRow): WebhookDelivery {
  return {
    ...row,
    nextAttemptAt: row.nextAttemptAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    deliveredAt: row.deliveredAt?.toISOString() ?? null,
  };
}

export function toAttempt({ startedAt, ...attempt }: AttemptRow): WebhookAttempt {
  return { ...attempt, at: startedAt.toISOString() };
}
