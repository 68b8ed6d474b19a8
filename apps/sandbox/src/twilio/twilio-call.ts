export type TwilioScenario = 'completed' | 'no-answer' | 'busy' | 'failed';

export interface TwilioPaths {
  voice: string;
  status: string;
  recording: string;
  transcription: string;
  sms: string;
}

/** Below the webhook base. Status and transcription go to the base itself, which sorts by `CallSid`. */
export const TWILIO_PATHS: Readonly<TwilioPaths> = {
  voice: '/voice',
  status: '',
  recording: '/recording',
  transcription: '',
  sms: '/sms',
};

export const TWILIO_STATUS_EVENTS = ['initiated', 'ringing', 'answered', 'completed'] as const;
export type TwilioStatusEvent = (typeof TWILIO_STATUS_EVENTS)[number];

export interface TwilioCall {
  /** Base of the webhook addresses, query string allowed; what the signature covers is built from it. */
  webhookUrl: string;
  authToken: string;
  accountSid: string;
  callSid: string;
  from: string;
  to: string;
  direction: 'inbound' | 'outbound-api';
  scenario: TwilioScenario;
  /** Talking time; 0 in every scenario but `completed`. */
  durationSeconds: number;
  /** When the call reached Twilio. */
  createdAt: Date;
  recording: boolean;
  /** For instance `fr-CA`: adds real-time transcription events. */
  transcriptLanguage?: string;
  transcript: readonly TwilioUtterance[];
  statusEvents: readonly TwilioStatusEvent[];
  paths: TwilioPaths;
}

export interface TwilioUtterance {
  track: 'inbound_track' | 'outbound_track';
  text: string;
}

const SPOKEN: readonly TwilioUtterance[] = [
  { track: 'outbound_track', text: 'Climatisation Boréale, bonjour ! Comment puis-je vous aider ?' },
  {
    track: 'inbound_track',
    text: 'Bonjour, ma thermopompe ne chauffe plus. Pouvez-vous passer à Québec demain ?',
  },
  { track: 'outbound_track', text: 'Bien sûr. Nous avons une place demain à 9 h.' },
  { track: 'inbound_track', text: 'Parfait, merci beaucoup. À demain !' },
];

export type TwilioCallInput = Pick<TwilioCall, 'webhookUrl' | 'authToken' | 'callSid' | 'from' | 'to'> &
  Partial<Omit<TwilioCall, 'paths'>> & { paths?: Partial<TwilioPaths> };

export function twilioCall(input: TwilioCallInput): TwilioCall {
  const scenario = input.scenario ?? 'completed';
  const durationSeconds = scenario === 'completed' ? (input.durationSeconds ?? 49) : 0;
  return {
    accountSid: DEFAULT_TWILIO_ACCOUNT_SID,
    direction: 'inbound',
    createdAt: new Date(Date.now() - (durationSeconds + RING_SECONDS) * 1000),
    recording: false,
    transcript: SPOKEN,
    statusEvents: TWILIO_STATUS_EVENTS,
    ...input,
    paths: { ...TWILIO_PATHS, ...input.paths },
    scenario,
    durationSeconds,
  };
}

/** From the first ring to the answer, or to giving up. */
export const RING_SECONDS = 4;

export const DEFAULT_TWILIO_ACCOUNT_SID = 'AC00000000000000000000000000000001';
