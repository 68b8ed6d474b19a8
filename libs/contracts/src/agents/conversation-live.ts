import type { AnswerFailure, StopReason, TokenUsage } from './conversation-messages';

/** Live topic (`Transport.onLive`) of what happens in one conversation. */
export const conversationTopic = (conversationId: string): string => `conversation.${conversationId}`;

interface AnswerEvent {
  conversationId: string;
  /** The answer. */
  messageId: string;
  /** Characters (UTF-16 units) of the answer up to here; rises with every chunk. Resume after it. */
  seq: number;
}

export interface AnswerStarted extends AnswerEvent {
  type: 'start';
  userMessageId: string;
  model: string;
}

export interface AnswerChunk extends AnswerEvent {
  type: 'chunk';
  chunk: string;
}

/** Carries the whole text, so that a lost chunk is repaired. Sent once the answer is stored, cancelled or not. */
export interface AnswerCompleted extends AnswerEvent {
  type: 'complete';
  content: string;
  model: string;
  usage: TokenUsage;
  stopReason: StopReason;
}

export interface AnswerFailed extends AnswerEvent {
  type: 'error';
  code: AnswerFailure;
  /** For the person, in their language. */
  message: string;
  requestId: string;
}

/** Transient; the message log is the truth. Exactly one of `complete` and `error` ends an answer. */
export type ConversationLiveEvent = AnswerStarted | AnswerChunk | AnswerCompleted | AnswerFailed;
