import { newId, runAs } from '@parley/contracts';
import { ConversationService } from './conversation.service';

describe('a conversation that could not be stored', () => {
  it('gives back what was promised for it', async () => {
    const taken: string[] = [];
    const released: string[][] = [];
    const service = new ConversationService(
      { tenant: (work: () => unknown) => work() } as never,
      { add: () => Promise.reject(new Error('the database went away')) } as never,
      {} as never,
      {} as never,
      { require: () => Promise.resolve({ id: 'closer' }) } as never,
      {} as never,
      {
        forConversation: (id: string) => Promise.resolve(void taken.push(id)),
        release: (...what: string[]) => Promise.resolve(void released.push(what)),
      } as never,
    );
    const caller = {
      requestId: newId(),
      tenantId: newId(),
      userId: newId(),
      roles: [],
      locale: 'en' as const,
    };
    await expect(runAs(caller, () => service.create({ personaId: 'closer' }))).rejects.toThrow('went away');
    expect(taken).toHaveLength(1);
    expect(released).toEqual([['ai_conversation', taken[0]]]);
  });
});
