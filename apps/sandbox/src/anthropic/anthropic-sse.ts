import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { errorBody, OVERLOADED } from './anthropic-errors';
import { toSse, type StreamEvent } from './anthropic-stream';
import type { AnthropicFailure, AnthropicPace } from './anthropic-switches';

/** How many deltas are sent before a stream breaks. */
const DELTAS_BEFORE_BREAK = 3;

/** Writes the events at the given pace; stops when the client has gone. */
export async function streamEvents(
  response: ServerResponse,
  events: readonly StreamEvent[],
  options: { pace: AnthropicPace; failure: AnthropicFailure | undefined; requestId: string },
): Promise<void> {
  const { pace, failure, requestId } = options;
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'request-id': requestId,
  });
  response.flushHeaders();
  let deltas = 0;
  for (const event of events) {
    if (event.type === 'content_block_delta') {
      if (failure !== undefined && deltas === DELTAS_BEFORE_BREAK)
        return breakOff(response, failure, requestId);
      const delayMs = deltas === 0 ? pace.firstTokenDelayMs : pace.chunkDelayMs;
      if (delayMs > 0) await pause(delayMs);
      deltas += 1;
    }
    if (response.destroyed) return;
    if (!response.write(toSse(event))) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
  response.end();
}

function breakOff(response: ServerResponse, failure: AnthropicFailure, requestId: string): void {
  if (failure === 'cut') {
    response.destroy();
    return;
  }
  if (failure === 'sse-error') {
    const { type, message } = OVERLOADED;
    response.write(toSse({ ...errorBody(type, message, requestId), type: 'error' }));
  }
  response.end();
}
