import type { PayloadFormat } from '@parley/contracts';
import { flatBody } from './flat.format';
import { n8nBody } from './n8n.format';
import type { Bodies, OutboundEvent } from './outbound-event';
import { standardBody } from './standard.format';

const WRITERS: Record<PayloadFormat, (event: OutboundEvent) => string> = {
  standard: standardBody,
  n8n: n8nBody,
  flat: flatBody,
};

/** The event in each format that somebody wants. */
export function bodiesOf(event: OutboundEvent, formats: Iterable<PayloadFormat>): Bodies {
  const bodies: Bodies = {};
  for (const format of formats) bodies[format] ??= WRITERS[format](event);
  return bodies;
}
