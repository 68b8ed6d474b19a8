import { randomUUID } from 'node:crypto';
import { signedVapiHeaders, vapiCallEvents } from '../../apps/sandbox/src';

export interface SignedWebhook {
  readonly headers: Record<string, string>;
  readonly body: string;
}

const STAND_IN = '00000000-0000-4000-8000-000000000000';

/**
 * Makes signed Vapi webhooks of about 2 kB, each of another call. Only the call's id and the signature differ, so
 * that making one costs little beside sending it.
 */
export function webhookMaker({ number, secret }: { number: string; secret: string }): () => SignedWebhook {
  const auth = { mode: 'hmac' as const, secret };
  const events = vapiCallEvents({ callId: STAND_IN, auth, from: '+15145550142', to: number });
  const event = events.find(({ kind }) => kind === 'status-update:ended');
  if (!event) throw new Error('The sandbox tells of no end of the call');
  const message = JSON.parse(event.body) as { message: object };
  const full = JSON.stringify({ message: { ...message.message, artifact: { messages: conversation() } } });
  const parts = full.split(STAND_IN);
  return () => {
    const body = parts.join(randomUUID());
    return { body, headers: signedVapiHeaders(body, auth) };
  };
}

/** Padding to the size such messages have. */
const conversation = (): object[] =>
  Array.from({ length: 5 }, (_, index) => ({
    role: index % 2 ? 'user' : 'bot',
    message: 'Bonjour, je voudrais prendre un rendez-vous pour l’entretien de ma fournaise.',
    time: 1_772_550_248_000 + index * 2_000,
    secondsFromStart: index * 2,
  }));
