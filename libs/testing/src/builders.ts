import { type CallEndedV1, callEndedV1, type CallerContext, newId } from '@parley/contracts';

/** A signed-in owner; say only what matters to the case. */
export function aCaller(fields: Partial<CallerContext> = {}): CallerContext {
  return {
    requestId: newId(),
    tenantId: newId(),
    userId: newId(),
    sessionId: newId(),
    roles: ['owner'],
    locale: 'en',
    ...fields,
  };
}

export function aCallEnded(fields: Partial<CallEndedV1> = {}): CallEndedV1 {
  return { ...callEndedV1.sample, callId: newId(), providerCallId: newId(), ...fields };
}
