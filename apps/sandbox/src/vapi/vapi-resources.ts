import { twilioSidFrom } from '../twilio/twilio-ids';
import { customerNumber, momentOf, ourNumber, uuidFrom, type VapiCall } from './vapi-call';

export const VAPI_ORG_ID = uuidFrom('sandbox-organisation');

export type VapiCallStatus = 'queued' | 'ringing' | 'in-progress' | 'forwarding' | 'ended';

/** The `call` object of messages and of the REST API. It names no direction and no numbers of its own. */
export function toCallObject(call: VapiCall, status: VapiCallStatus, assistantId: string | null): object {
  const talked = call.durationSeconds > 0;
  const monitor = `calls.sandbox.test/${call.callId}`;
  return {
    id: call.callId,
    orgId: VAPI_ORG_ID,
    type: call.type,
    status,
    phoneCallProvider: 'twilio',
    phoneCallProviderId: twilioSidFrom('CA', call.callId),
    phoneCallTransport: 'pstn',
    phoneNumberId: uuidFrom(ourNumber(call)),
    customer: customerOf(call),
    createdAt: call.createdAt.toISOString(),
    updatedAt: call.createdAt.toISOString(),
    ...(assistantId === null
      ? {}
      : {
          assistantId,
          monitor: { listenUrl: `wss://${monitor}/listen`, controlUrl: `https://${monitor}/control` },
        }),
    ...(talked && status !== 'queued' && status !== 'ringing'
      ? { startedAt: momentOf(call, 0).toISOString() }
      : {}),
    ...(status === 'ended'
      ? { endedAt: momentOf(call, 1).toISOString(), endedReason: call.endedReason }
      : {}),
  };
}

/** Real messages carry the Twilio credentials of the number in clear; receivers must not keep them. */
export function toPhoneNumberObject(call: VapiCall): object {
  return {
    id: uuidFrom(ourNumber(call)),
    orgId: VAPI_ORG_ID,
    provider: 'twilio',
    number: ourNumber(call),
    name: 'Climatisation Boréale',
    twilioAccountSid: 'AC00000000000000000000000000000001',
    twilioAuthToken: 'FAKE-REDACT-ME',
    createdAt: '2026-01-12T09:00:00.000Z',
    updatedAt: '2026-02-01T09:00:00.000Z',
    status: 'active',
  };
}

export function customerOf(call: VapiCall): object {
  return { number: customerNumber(call), name: call.customerName };
}
