import { Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';

export interface FinishedRequest {
  id: string;
  status: 'succeeded' | 'failed' | 'refused' | 'cancelled' | 'interrupted';
  /** Undefined keeps what was estimated when the request was made. */
  inputTokens?: number;
  outputTokens: number;
  estimated: boolean;
  errorType?: string | null;
  providerRequestId?: string | null;
  firstTokenMs?: number | null;
}

export interface RecordedUsage {
  id: string;
  userId: string | null;
  conversationId: string | null;
  feature: string;
  provider: string;
  model: string;
  inputTokens: number;
  outputTokens: number;
  estimated: boolean;
}

/** One row per model request, made with it and closed once, whoever closes it. */
@Injectable()
export class AiRequestRepository {
  constructor(private readonly database: Database) {}

  /** What was used; undefined when the request was closed before, and so has been told already. */
  async finish(request: FinishedRequest): Promise<RecordedUsage | undefined> {
    const [usage] = await this.database.query<RecordedUsage>(
      `UPDATE ai_requests SET status = $2, tokens_in = coalesce($3, tokens_in), tokens_out = $4, estimated = $5,
         error_type = $6, provider_request_id = $7, first_token_ms = $8, finished_at = now(),
         latency_ms = extract(epoch FROM now() - created_at) * 1000
       WHERE id = $1 AND status = 'running'
       RETURNING id, user_id AS "userId", conversation_id AS "conversationId", feature, provider, model,
         tokens_in AS "inputTokens", tokens_out AS "outputTokens", estimated`,
      [
        request.id,
        request.status,
        request.inputTokens ?? null,
        request.outputTokens,
        request.estimated,
        request.errorType ?? null,
        request.providerRequestId ?? null,
        request.firstTokenMs ?? null,
      ],
    );
    return usage;
  }
}
