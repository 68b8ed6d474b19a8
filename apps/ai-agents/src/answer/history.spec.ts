import { type HistoryMessage, historyWindow } from './history';

const said = (
  role: HistoryMessage['role'],
  content: string,
  more: Partial<HistoryMessage> = {},
): HistoryMessage => ({
  role,
  content,
  status: 'complete',
  errorCode: null,
  ...more,
});
const limits = { characters: 1_000, messages: 60 };
const texts = (newestFirst: HistoryMessage[], within = limits): string[] =>
  historyWindow(newestFirst, 'now', within).map(({ text }) => text);

describe('what the model sees again', () => {
  it('is the conversation, oldest first, and the question', () => {
    expect(texts([said('assistant', 'b'), said('user', 'a')])).toEqual(['a', 'b', 'now']);
  });

  it('stops at the budget of characters and begins with the user', () => {
    const history = [said('user', 'cc'), said('assistant', 'bb'), said('user', 'aa')];
    expect(texts(history, { characters: 7, messages: 60 })).toEqual(['cc', 'now']);
    expect(texts(history, { characters: 9, messages: 60 })).toEqual(['aa', 'bb', 'cc', 'now']);
  });

  it('stops at the number of messages', () => {
    const history = [said('assistant', 'd'), said('user', 'c'), said('assistant', 'b'), said('user', 'a')];
    expect(texts(history, { characters: 1_000, messages: 3 })).toEqual(['c', 'd', 'now']);
  });

  it('always has the question, however long', () => {
    expect(historyWindow([said('user', 'a')], 'x'.repeat(2_000), limits)).toHaveLength(1);
  });

  it('leaves out failed answers but keeps the part of a cancelled one', () => {
    const failed = said('assistant', 'half', { status: 'failed', errorCode: 'PROVIDER_ERROR' });
    const cancelled = said('assistant', 'part', { status: 'cancelled' });
    expect(texts([failed, said('user', 'c'), cancelled, said('user', 'a')])).toEqual([
      'a',
      'part',
      'c',
      'now',
    ]);
  });

  it('leaves out a question that was refused', () => {
    const refused = said('assistant', '', { status: 'failed', errorCode: 'REFUSED' });
    expect(texts([refused, said('user', 'bad'), said('assistant', 'b'), said('user', 'a')])).toEqual([
      'a',
      'b',
      'now',
    ]);
  });
});
