import type { AnswerFailure, Locale, StopReason } from '@parley/contracts';
import { ModelFailed, type ModelTokens } from '../model/chat-model';
import { estimateTokens } from './history';
import type { RunningAnswer } from './running-answer';

/** How a model request ended, in `ai_requests`. */
export type RequestStatus = 'succeeded' | 'failed' | 'refused' | 'cancelled' | 'interrupted';

export interface AnswerOutcome {
  status: 'complete' | 'failed' | 'cancelled';
  requestStatus: RequestStatus;
  stopReason: StopReason | null;
  errorCode: AnswerFailure | null;
  /** The provider's own word, for operators. */
  errorType: string | null;
  tokens: ModelTokens;
  /** Whether part of `tokens` is our own estimate, because the provider did not get to count. */
  estimated: boolean;
}

/** Reads off how an answer ended once its stream has. */
export function outcomeOf(answer: RunningAnswer, failure?: ModelFailed): AnswerOutcome {
  const { stop, interruption } = answer;
  if (stop) {
    const counted = { tokens: stop.tokens, estimated: false };
    return stop.reason === 'refusal'
      ? { ...failed('REFUSED', 'refusal', 'refused'), ...counted }
      : { ...ENDED, status: 'complete', requestStatus: 'succeeded', stopReason: stop.reason, ...counted };
  }
  if (failure) return { ...failed(failure.code, failure.errorType), ...used(answer, failure.rejected) };
  switch (interruption) {
    case 'cancelled':
      return {
        ...ENDED,
        status: 'cancelled',
        requestStatus: 'cancelled',
        stopReason: 'cancelled',
        ...used(answer),
      };
    case 'idle':
      return { ...failed('UPSTREAM_TIMEOUT', 'idle'), ...used(answer) };
    default:
      return { ...failed('INTERRUPTED', 'shutdown', 'interrupted'), ...used(answer) };
  }
}

const ENDED = { errorCode: null, errorType: null };

function failed(errorCode: AnswerFailure, errorType: string, requestStatus: RequestStatus = 'failed') {
  return { status: 'failed' as const, requestStatus, stopReason: null, errorCode, errorType };
}

/** An answer that broke off was used as far as it was sent. */
function used(answer: RunningAnswer, rejected = false): Pick<AnswerOutcome, 'tokens' | 'estimated'> {
  if (rejected) return { tokens: { inputTokens: 0, outputTokens: 0 }, estimated: false };
  const written = estimateTokens(answer.text.length);
  const { opened } = answer;
  const tokens = opened
    ? { inputTokens: opened.inputTokens, outputTokens: Math.max(opened.outputTokens, written) }
    : { inputTokens: promptTokens(answer.task.request), outputTokens: written };
  return { tokens, estimated: true };
}

export function promptTokens({
  system,
  turns,
}: {
  system: string;
  turns: readonly { text: string }[];
}): number {
  return estimateTokens(turns.reduce((sum, { text }) => sum + text.length, system.length));
}

const TEXTS: Record<AnswerFailure, Record<Locale, string>> = {
  PROVIDER_ERROR: {
    en: 'The assistant could not finish its answer. Please try again in a moment.',
    fr: 'L’assistant n’a pas pu terminer sa réponse. Veuillez réessayer dans un instant.',
  },
  UPSTREAM_TIMEOUT: {
    en: 'The assistant took too long to answer. Please try again.',
    fr: 'L’assistant a mis trop de temps à répondre. Veuillez réessayer.',
  },
  REFUSED: {
    en: 'The assistant declined to answer this. Please put it differently.',
    fr: 'L’assistant a refusé de répondre à ce message. Veuillez le formuler autrement.',
  },
  INTERRUPTED: {
    en: 'The answer was interrupted. Please send your message again.',
    fr: 'La réponse a été interrompue. Veuillez renvoyer votre message.',
  },
  INTERNAL: {
    en: 'Something went wrong on our side. Please try again.',
    fr: 'Une erreur est survenue de notre côté. Veuillez réessayer.',
  },
};

export const failureText = (code: AnswerFailure, locale: Locale): string => TEXTS[code][locale];
