import { freezeClock } from '@parley/testing';
import { MemoryRateStore } from './rate-store';

describe('MemoryRateStore', () => {
  it('counts per key and starts anew when the window ends', async () => {
    const clock = freezeClock('2026-11-20T10:00:00Z');
    const store = new MemoryRateStore();
    await store.hit('a', 60);
    await expect(store.hit('a', 60)).resolves.toEqual({ count: 2, resetSeconds: 60 });
    await expect(store.hit('b', 60)).resolves.toMatchObject({ count: 1 });
    clock.set('2026-11-20T10:01:00Z');
    await expect(store.hit('a', 60)).resolves.toMatchObject({ count: 1 });
    clock.release();
  });

  it('gives a hit back, and never more than there were', async () => {
    const store = new MemoryRateStore();
    await store.hit('a', 60);
    await store.giveBack('a');
    await store.giveBack('a');
    await store.giveBack('unknown');
    await expect(store.hit('a', 60)).resolves.toMatchObject({ count: 1 });
  });

  it('remembers no more windows than it may; the oldest goes', async () => {
    const store = new MemoryRateStore(3);
    for (const key of ['a', 'b', 'c', 'b', 'd']) await store.hit(key, 60);
    expect(store.size).toBe(3);
    await expect(store.hit('b', 60)).resolves.toMatchObject({ count: 3 });
    await expect(store.hit('a', 60)).resolves.toMatchObject({ count: 1 });
  });
});
