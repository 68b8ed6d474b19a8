import { getPriority } from 'node:os';
import { hash } from 'bcrypt';
import { lowerPoolPriority } from './pool-priority';

describe('threads that hash', () => {
  it('give way to the event loop, which keeps its priority', async () => {
    const before = getPriority();
    await hash('correct horse battery', 4);
    const threads = lowerPoolPriority();
    const expected = process.platform === 'linux' ? [10] : [];
    expect([...new Set(threads.map((thread) => getPriority(thread)))]).toEqual(expected);
    expect(getPriority()).toBe(before);
  });
});
