import type { Heard, VapiCall } from './vapi-call';
import { reportFields } from './vapi-report';
import { toCallObject, type VapiCallStatus } from './vapi-resources';

export interface VapiCallRecord {
  call: VapiCall;
  status: VapiCallStatus;
  heard: Heard;
}

/** What Vapi knows about its calls; a reconciler finds here what a lost webhook did not tell. */
export class VapiStore {
  private readonly calls = new Map<string, VapiCallRecord>();

  add(call: VapiCall, heard: Heard): VapiCallRecord {
    const record: VapiCallRecord = {
      call,
      heard,
      status: call.type === 'inboundPhoneCall' ? 'ringing' : 'queued',
    };
    this.calls.set(call.callId, record);
    return record;
  }

  find(callId: string): VapiCallRecord | undefined {
    return this.calls.get(callId);
  }

  list(): VapiCallRecord[] {
    return [...this.calls.values()];
  }
}

/** The REST call object: after the end it carries everything the report carried. */
export function toCallResource({ call, status, heard }: VapiCallRecord): object {
  const base = toCallObject(call, status, heard.assistantId);
  return status === 'ended' ? { ...base, ...reportFields(call, heard) } : { ...base, cost: 0 };
}
