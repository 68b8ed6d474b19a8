import { HashTurns } from './hash-turns';

/** Work that ends when it is told to. */
function steps() {
  const ends: (() => void)[] = [];
  const started: number[] = [];
  const work = (n: number) => () =>
    new Promise<number>((resolve) => {
      started.push(n);
      ends.push(() => resolve(n));
    });
  return { work, started, end: () => ends.shift()?.() };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('turns at hashing', () => {
  it('are taken in order, never more at once than there are', async () => {
    const { work, started, end } = steps();
    const turns = new HashTurns(2);
    const all = [1, 2, 3, 4].map((n) => turns.take(work(n)));
    await settled();
    expect(started).toEqual([1, 2]);
    end();
    await settled();
    expect(started).toEqual([1, 2, 3]);
    for (let n = 0; n < 3; n++) {
      end();
      await settled();
    }
    await expect(Promise.all(all)).resolves.toEqual([1, 2, 3, 4]);
  });

  it('are given back by work that fails', async () => {
    const turns = new HashTurns(1);
    await expect(turns.take(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await expect(turns.take(() => Promise.resolve(1))).resolves.toBe(1);
  });

  it('are not wasted on those who have gone', async () => {
    const { work, started, end } = steps();
    const turns = new HashTurns(1, 0);
    const first = turns.take(work(1));
    const late = turns.take(work(2));
    const refused = expect(late).rejects.toMatchObject({ status: 429 });
    await settled();
    end();
    await refused;
    await expect(first).resolves.toBe(1);
    expect(started).toEqual([1]);
    await expect(turns.take(() => Promise.resolve(3))).resolves.toBe(3);
  });

  it('are refused when too many wait', async () => {
    const { work, end } = steps();
    const turns = new HashTurns(1);
    const first = turns.take(work(0));
    const waiting = Array.from({ length: 1_000 }, () => turns.take(() => Promise.resolve(1)));
    await expect(turns.take(() => Promise.resolve(2))).rejects.toMatchObject({ status: 429 });
    await settled();
    end();
    await Promise.all([first, ...waiting]);
  });
});
