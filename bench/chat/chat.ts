import Anthropic from '@anthropic-ai/sdk';
import { io, type Socket } from 'socket.io-client';
import { type Bench, say } from '../harness/bench';
import { type RunningStandalone, type Session, signIn, startStandalone } from '../harness/platform';
import { milliseconds, type PartResult } from '../harness/row';
import { median } from '../harness/statistics';

const SAMPLES = 40;
const WARM_UP = 8;
const FIRST_TOKEN_DELAY_MS = 30;
const ANSWER_TIMEOUT_MS = 10_000;
const QUESTION = 'Bonjour, combien coûte un entretien ?';

/** How much later the first token comes through the platform than straight from the model. */
export async function measureChat(bench: Bench): Promise<PartResult> {
  const standalone = await startStandalone(bench);
  await setPace(standalone.sandboxUrl);
  const session = await signIn(bench, standalone.url);
  await giveUnlimitedChat(bench, standalone.url, session);
  const socket = await connect(standalone.url, session);
  const anthropic = new Anthropic({ apiKey: 'sandbox', baseURL: `${standalone.sandboxUrl}/anthropic` });
  const direct: number[] = [];
  const through: number[] = [];
  for (let sample = -WARM_UP; sample < SAMPLES; sample++) {
    // A new conversation each time: the longer one gets, the more there is to read.
    const conversationId = await newConversation(standalone, session);
    await socket.timeout(ANSWER_TIMEOUT_MS).emitWithAck('conversation:join', { conversationId });
    const [straight, platform] = [await askModel(anthropic), await askPlatform(socket, conversationId)];
    if (sample < 0) continue;
    direct.push(straight);
    through.push(platform);
  }
  socket.disconnect();
  await bench.stop(standalone.child);
  const [theirs, ours] = [median(direct), median(through)];
  const added = ours - theirs;
  say(`chat: direct ${milliseconds(theirs)}, through the platform ${milliseconds(ours)}`);
  return {
    rows: [
      {
        part: 'chat',
        what: 'time to first token, against the SDK straight at the sandbox',
        ours: `${milliseconds(ours)} (+${milliseconds(added)})`,
        theirs: milliseconds(theirs),
        ratio: ours / theirs,
        target: '≤ 10 ms added',
        met: added <= 10,
        why: 'The question is committed and the conversation read before the model is asked.',
      },
    ],
    notes: [
      `Chat: from sending into an open conversation to the first piece of text, median of ${SAMPLES} interleaved samples; the sandbox waits ${FIRST_TOKEN_DELAY_MS} ms before its first token. Through the platform: Socket.IO → gateway → ai-agents, which asks billing for the prompt and stores the question before it asks → sandbox, and back; standalone.`,
    ],
  };
}

async function setPace(sandboxUrl: string): Promise<void> {
  const body = JSON.stringify({ firstTokenDelayMs: FIRST_TOKEN_DELAY_MS, chunkDelayMs: 1, chunkSize: 40 });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${sandboxUrl}/control/anthropic`, { method: 'POST', headers, body });
  if (!response.ok) throw new Error(`The sandbox refused the pace: ${response.status}`);
}

/** The free plan ends after three prompts. */
async function giveUnlimitedChat(bench: Bench, url: string, { tenantId }: Session): Promise<void> {
  const { accessToken } = await signIn(bench, url, 'admin@parley.test');
  const response = await fetch(`${url}/v1/admin/tenants/${tenantId}/subscriptions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${accessToken}` },
    body: JSON.stringify({ planCode: 'sales.growth', reason: 'npm run bench' }),
  });
  if (!response.ok) throw new Error(`The plan was refused: ${response.status} ${await response.text()}`);
}

async function connect(url: string, { accessToken: token }: Session): Promise<Socket> {
  const socket = io(url, {
    path: '/agents-ws',
    auth: { token },
    transports: ['websocket'],
    reconnection: false,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  return socket;
}

async function newConversation({ url }: RunningStandalone, { accessToken }: Session): Promise<string> {
  const response = await fetch(`${url}/v1/conversations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${accessToken}` },
    body: JSON.stringify({ personaId: 'closer' }),
  });
  if (!response.ok) throw new Error(`No conversation: ${response.status} ${await response.text()}`);
  const { id } = (await response.json()) as { id: string };
  return id;
}

/** Reads the answer to its end, so that samples do not overlap. */
async function askModel(anthropic: Anthropic): Promise<number> {
  const sentAt = performance.now();
  let first: number | undefined;
  const stream = await anthropic.messages.create({
    model: 'claude-sonnet-5-5',
    max_tokens: 4_096,
    system: 'You are a closer.',
    messages: [{ role: 'user', content: QUESTION }],
    stream: true,
  });
  for await (const event of stream) {
    if (event.type === 'content_block_delta') first ??= performance.now() - sentAt;
  }
  if (first === undefined) throw new Error('The model answered without text');
  return first;
}

function askPlatform(socket: Socket, conversationId: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sentAt = performance.now();
    let first: number | undefined;
    const settle = (outcome: () => void): void => {
      clearTimeout(timer);
      for (const name of ['agent:message:chunk', 'agent:message:complete', 'agent:error']) socket.off(name);
      outcome();
    };
    const timer = setTimeout(
      () => settle(() => reject(new Error('The platform answers no chat message'))),
      ANSWER_TIMEOUT_MS,
    );
    socket.on('agent:message:chunk', () => (first ??= performance.now() - sentAt));
    socket.on('agent:message:complete', () =>
      settle(() => (first === undefined ? reject(new Error('An answer without chunks')) : resolve(first))),
    );
    socket.on('agent:error', (error: unknown) => settle(() => reject(new Error(JSON.stringify(error)))));
    socket.emit('message', { conversationId, message: QUESTION });
  });
}
