import type { OutboundEvent, OutboundFact } from './outbound-event';

/** Fields are only ever added within a version. */
const API_VERSION = '2026-11-01';

/** Standard Webhooks envelope; `id` and `apiVersion` are for tools that do not show headers. */
export function standardBody({ id, type, at, fact }: OutboundEvent): string {
  return JSON.stringify({
    id,
    type: type.standard,
    timestamp: at,
    apiVersion: API_VERSION,
    data: dataOf(fact),
  });
}

function dataOf(fact: OutboundFact): object {
  switch (fact.kind) {
    case 'call': {
      // What the provider charged us stays with us.
      const shown: Record<string, unknown> = { ...fact.call };
      delete shown['providerCostCents'];
      return shown;
    }
    case 'message':
      return { ...fact.message };
    case 'test':
      return { endpointId: fact.endpointId, message: 'This is a test.' };
  }
}
