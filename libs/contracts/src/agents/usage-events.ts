import { defineEvent } from '../event';
import { Bool, Int, Text, Uuid } from '../fields';

export class AiUsageRecordedV1 {
  @Uuid() requestId: string;
  @Uuid({ nullable: true }) userId: string | null;
  @Uuid({ nullable: true }) conversationId: string | null;
  @Text({ max: 40, example: 'chat' }) feature: string;
  @Text({ max: 40 }) provider: string;
  @Text({ max: 80 }) model: string;
  @Int({ min: 0 }) inputTokens: number;
  @Int({ min: 0 }) outputTokens: number;
  @Bool({ optional: true, description: 'The answer broke off: tokens are partly our own estimate' })
  estimated?: boolean;
}

export const aiUsageRecordedV1 = defineEvent({
  type: 'agents.usage.recorded.v1',
  producer: 'ai-agents',
  description: 'A model was used. One per model request, whether it succeeded, failed or was cancelled.',
  payload: AiUsageRecordedV1,
  sample: {
    requestId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0020',
    userId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0011',
    conversationId: '0193f3a0-7b6e-7c3a-9f00-3f6f5b8c0021',
    feature: 'chat',
    provider: 'anthropic',
    model: 'claude-sonnet-5-5',
    inputTokens: 420,
    outputTokens: 133,
    estimated: false,
  },
});
