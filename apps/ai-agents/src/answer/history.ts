import type { AnswerFailure, ChatMessageStatus, ChatRole } from '@parley/contracts';
import type { ChatTurn } from '../model/chat-model';

export interface HistoryMessage {
  role: ChatRole;
  status: ChatMessageStatus;
  content: string;
  errorCode: AnswerFailure | null;
}

export interface HistoryLimits {
  characters: number;
  messages: number;
}

/**
 * What the model sees again: the newest turns within the limits, beginning with the user, ending with `question`,
 * which is always whole. Failed answers are left out, and a refused question too: it would be refused again.
 */
export function historyWindow(
  newestFirst: readonly HistoryMessage[],
  question: string,
  limits: HistoryLimits,
): ChatTurn[] {
  const turns: ChatTurn[] = [{ role: 'user', text: question }];
  let room = limits.characters - question.length;
  let refused = false;
  for (const message of newestFirst) {
    if (message.role === 'assistant') {
      refused = message.errorCode === 'REFUSED';
      if (message.status === 'failed' || message.content === '') continue;
    } else if (refused) {
      refused = false;
      continue;
    }
    room -= message.content.length;
    if (room < 0 || turns.length >= limits.messages) break;
    turns.unshift({ role: message.role, text: message.content });
  }
  while (turns[0]?.role === 'assistant') turns.shift();
  return turns;
}

/** Rough, for what the provider did not get to count: four characters make a token. */
export const estimateTokens = (characters: number): number => Math.ceil(characters / 4);
