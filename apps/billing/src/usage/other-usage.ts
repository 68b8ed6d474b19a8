import type { AiUsageRecordedV1, SmsReceivedV1 } from '@parley/contracts';
import type { UsageReport } from './usage';

/** Uses of a model that a person asked for; the rest (titles, summaries) is on the house. */
const PROMPTS = ['chat', 'completion'];

export const usageOfSms = ({ messageId, segments, receivedAt }: SmsReceivedV1): UsageReport => ({
  sourceType: 'sms',
  sourceId: messageId,
  version: 0,
  meter: 'sms',
  quantity: Math.max(1, segments),
  occurredAt: new Date(receivedAt),
  description: 'Text message received',
});

/**
 * Each answered prompt is one, and each conversation is one however long it gets (C-26). A prompt without an answer is
 * none, and ends what was held for it.
 */
export function usagesOfAi(used: AiUsageRecordedV1, occurredAt: Date): UsageReport[] {
  const { requestId, conversationId, feature, outputTokens, userId } = used;
  if (!PROMPTS.includes(feature)) return [];
  const answered = outputTokens > 0;
  const facts = { version: 0, quantity: 1, userId, occurredAt };
  const prompt: UsageReport = {
    ...facts,
    quantity: answered ? 1 : 0,
    sourceType: 'ai_prompt',
    sourceId: requestId,
    meter: 'ai_prompts',
    description: 'AI prompt',
  };
  if (!conversationId || !answered) return [prompt];
  const conversation: UsageReport = {
    ...facts,
    sourceType: 'ai_conversation',
    sourceId: conversationId,
    meter: 'ai_conversations',
    description: 'AI conversation',
  };
  return [prompt, conversation];
}
