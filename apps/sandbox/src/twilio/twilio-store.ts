import type { TwilioCall } from './twilio-call';

export interface TwilioCallRecord {
  call: TwilioCall;
  status: string;
  answeredAt?: Date;
  endedAt?: Date;
}

export interface TwilioMessage {
  sid: string;
  accountSid: string;
  direction: 'inbound' | 'outbound-api';
  /** Null while a Messaging Service has not chosen a number. */
  from: string | null;
  to: string;
  body: string;
  segments: number;
  messagingServiceSid: string | null;
  status: string;
  createdAt: Date;
  sentAt?: Date;
}

/** What Twilio knows: calls and messages, oldest first. */
export class TwilioStore {
  private readonly calls = new Map<string, TwilioCallRecord>();
  private readonly messages = new Map<string, TwilioMessage>();

  addCall(call: TwilioCall): TwilioCallRecord {
    const record: TwilioCallRecord = { call, status: 'queued' };
    this.calls.set(call.callSid, record);
    return record;
  }

  findCall(callSid: string): TwilioCallRecord | undefined {
    return this.calls.get(callSid);
  }

  listCalls(accountSid: string): TwilioCallRecord[] {
    return [...this.calls.values()].filter(({ call }) => call.accountSid === accountSid);
  }

  addMessage(message: TwilioMessage): void {
    this.messages.set(message.sid, message);
  }

  findMessage(sid: string): TwilioMessage | undefined {
    return this.messages.get(sid);
  }

  /** The SMS the platform sent. */
  outbox(to?: string): TwilioMessage[] {
    return [...this.messages.values()].filter(
      (message) => message.direction === 'outbound-api' && (to === undefined || message.to === to),
    );
  }

  clearOutbox(): void {
    for (const { sid } of this.outbox()) this.messages.delete(sid);
  }
}
