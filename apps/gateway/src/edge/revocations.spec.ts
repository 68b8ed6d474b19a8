import { type EventEnvelope, newId, sessionRevokedV1, Unavailable } from '@parley/contracts';
import type { RpcClient, Transport } from '@parley/messaging';
import { Health } from '@parley/platform';
import { eventually } from '@parley/testing';
import { Revocations } from './revocations';

interface Ended {
  sessionId: string;
  revokedAt: string;
}
interface Question {
  cursor?: string;
  answer(page: { data: Ended[]; nextCursor: string | null }): void;
  fail(error: Error): void;
}

const ended = (): Ended => ({ sessionId: newId(), revokedAt: new Date().toISOString() });

describe('sessions that ended', () => {
  let questions: Question[];
  let tell: (sessionId: string) => void;
  let connection: (connected: boolean) => void;
  let revocations: Revocations;
  let cut: string[];

  beforeEach(async () => {
    questions = [];
    cut = [];
    const rpc = {
      call: (_operation: object, { cursor }: { cursor?: string }) =>
        new Promise((answer, fail) => questions.push({ ...(cursor ? { cursor } : {}), answer, fail })),
    } as unknown as RpcClient;
    const transport = {
      observe: async (types: readonly string[], listener: (envelope: EventEnvelope) => void) => {
        expect(types).toEqual([sessionRevokedV1.type]);
        tell = (sessionId) => listener({ payload: { sessionId } } as EventEnvelope);
      },
      onConnection: (listener: (connected: boolean) => void) => (connection = listener),
    } as unknown as Transport;
    revocations = new Revocations(transport, rpc, new Health('gateway', 'test'));
    revocations.onRevoked((sessionId) => cut.push(sessionId));
    await revocations.onModuleInit();
  });
  afterEach(() => revocations.onApplicationShutdown());

  const asked = (count: number): Promise<Question> =>
    eventually(() => {
      const question = questions[count - 1];
      if (!question) throw new Error(`only ${questions.length} questions`);
      return question;
    });

  it('are asked for page by page before anybody is let in', async () => {
    const [first, second] = [ended(), ended()];
    expect(revocations.isCurrent).toBe(false);
    (await asked(1)).answer({ data: [first], nextCursor: 'further' });
    const further = await asked(2);
    expect([further.cursor, revocations.isCurrent]).toEqual(['further', false]);
    further.answer({ data: [second], nextCursor: null });
    await revocations.untilCurrent();
    expect([first, second].map(({ sessionId }) => revocations.isRevoked(sessionId))).toEqual([true, true]);
    expect(revocations.isRevoked(newId())).toBe(false);
  });

  it('are asked for again until there is an answer, and nobody gets in meanwhile', async () => {
    (await asked(1)).fail(new Unavailable('identity is away'));
    const again = await asked(2);
    expect(revocations.isCurrent).toBe(false);
    again.answer({ data: [], nextCursor: null });
    await revocations.untilCurrent();
  });

  it('are cut off once, whether they are told of, found out or both', async () => {
    const session = ended();
    tell(session.sessionId);
    (await asked(1)).answer({ data: [session, ended()], nextCursor: null });
    await revocations.untilCurrent();
    tell(session.sessionId);
    expect(cut.filter((id) => id === session.sessionId)).toHaveLength(1);
    expect(cut).toHaveLength(2);
  });

  it('are unknown again when the connection is lost, whatever is still answered from before', async () => {
    const before = await asked(1);
    connection(false);
    before.answer({ data: [], nextCursor: null });
    await new Promise((resolve) => setImmediate(resolve));
    expect(revocations.isCurrent).toBe(false);
    connection(true);
    const session = ended();
    (await asked(2)).answer({ data: [session], nextCursor: null });
    await revocations.untilCurrent();
    expect(cut).toEqual([session.sessionId]);
  });
});
