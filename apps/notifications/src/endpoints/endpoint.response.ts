import type { WebhookEndpoint } from '@parley/contracts';
import type { EndpointRow } from './endpoint.repository';

const MASK = '••••••••';

export function toEndpoint(row: EndpointRow): WebhookEndpoint {
  const { secretEnc, schedule, prevSecretUntil, failingSince, createdAt, updatedAt, ...shown } = row;
  const rotating = prevSecretUntil !== null && prevSecretUntil > new Date();
  return {
    ...shown,
    scheduleSeconds: schedule,
    secretMask: secretEnc ? MASK : null,
    previousSecretUntil: rotating ? prevSecretUntil.toISOString() : null,
    failingSince: failingSince?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
