import VoiceResponse from 'twilio/lib/twiml/VoiceResponse';
import type { LineContext, ProviderEvent, WebhookAnswer } from '../../edge/webhook';
import { field, type TwilioForm } from './form';

const VOICEMAIL_SECONDS = 120;
const RING_SECONDS = 20;

const WORDS = {
  en: {
    greeting: (name: string) => (name ? `Hello, you have reached ${name}.` : 'Hello.'),
    voicemail: 'Nobody can take your call right now. Please leave a message after the tone.',
    refused: 'Sorry, we cannot take your call at the moment. Please call again later.',
    thanks: 'Thank you. Goodbye.',
    unknown: 'This number is not in service.',
  },
  fr: {
    greeting: (name: string) => (name ? `Bonjour, vous êtes bien chez ${name}.` : 'Bonjour.'),
    voicemail: 'Nous ne pouvons pas prendre votre appel. Laissez un message après le signal.',
    refused: 'Désolé, nous ne pouvons pas prendre votre appel en ce moment. Veuillez rappeler plus tard.',
    thanks: 'Merci. Au revoir.',
    unknown: 'Ce numéro n’est pas en service.',
  },
} as const;

export function answerTwilio({ kind, content }: ProviderEvent<TwilioForm>, line: LineContext): WebhookAnswer {
  switch (kind) {
    case 'voice':
      return twiml(welcome(line));
    case 'dial':
      return twiml(afterDial(field(content, 'DialCallStatus'), line));
    case 'record':
      return twiml(farewell(line));
    case 'gather':
    case 'message':
      return twiml(new VoiceResponse());
    default:
      return { status: 200, contentType: 'text/plain; charset=utf-8', body: '' };
  }
}

/** Greeting, then the business's own phone or its voicemail. */
function welcome(line: LineContext): VoiceResponse {
  const response = new VoiceResponse();
  const { number, tenant } = line;
  if (!tenant) return refuse(response);
  const { locale, language } = speechOf(line);
  if (line.refused) return turnAway(response, line);
  const name = number?.routing.businessName ?? tenant.name;
  response.say({ language }, number?.routing.greeting?.[locale] ?? WORDS[locale].greeting(name));
  const forwardTo = number?.routing.forwardTo;
  if (!forwardTo) return voicemail(response, line);
  response
    .dial({
      answerOnBridge: true,
      timeout: RING_SECONDS,
      action: line.callbackUrl('/v1/webhooks/twilio/voice'),
    })
    .number(forwardTo);
  return response;
}

function afterDial(dialled: string | undefined, line: LineContext): VoiceResponse {
  const response = new VoiceResponse();
  if (dialled === 'completed' || dialled === 'answered') response.hangup();
  else voicemail(response, line);
  return response;
}

/** `action` is ours: without it Twilio asks the same address again and the caller hears the greeting for ever. */
function voicemail(response: VoiceResponse, line: LineContext): VoiceResponse {
  const { locale, language } = speechOf(line);
  response.say({ language }, WORDS[locale].voicemail);
  response.record({
    maxLength: VOICEMAIL_SECONDS,
    playBeep: true,
    action: line.callbackUrl('/v1/webhooks/twilio/voice'),
    recordingStatusCallback: line.callbackUrl('/v1/webhooks/twilio/recording'),
    recordingStatusCallbackEvent: ['completed', 'absent'],
  });
  return response;
}

function farewell(line: LineContext): VoiceResponse {
  const { locale, language } = speechOf(line);
  const response = new VoiceResponse();
  response.say({ language }, WORDS[locale].thanks);
  response.hangup();
  return response;
}

/** Nothing pays for the call. */
function turnAway(response: VoiceResponse, line: LineContext): VoiceResponse {
  const { locale, language } = speechOf(line);
  response.say({ language }, WORDS[locale].refused);
  response.hangup();
  return response;
}

/** Whose line this is nobody knows, so neither do we know its language. */
function refuse(response: VoiceResponse): VoiceResponse {
  response.say({ language: 'fr-CA' }, WORDS.fr.unknown);
  response.say({ language: 'en-US' }, WORDS.en.unknown);
  response.hangup();
  return response;
}

function speechOf({ number, tenant }: LineContext): {
  locale: 'en' | 'fr';
  language: 'fr-CA' | 'en-CA' | 'en-US';
} {
  const locale = number?.routing.locale ?? tenant?.locale ?? 'en';
  if (locale === 'fr') return { locale, language: 'fr-CA' };
  return { locale, language: tenant?.country === 'CA' ? 'en-CA' : 'en-US' };
}

function twiml(response: VoiceResponse): WebhookAnswer {
  return { status: 200, contentType: 'text/xml; charset=utf-8', body: response.toString() };
}
