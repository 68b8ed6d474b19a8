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
});
