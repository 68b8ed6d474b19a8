import { CommitQueueFull, GroupCommit } from './group-commit';

const BOUNDS = { maxBatch: 3, maxBatchBytes: 100, maxWaiting: 5, maxWaitingBytes: 1_000 };

describe('group commit', () => {
  let batches: string[][];
  let release: (() => void)[];
  let commits: GroupCommit<string, string>;

  beforeEach(() => {
    batches = [];
    release = [];
    commits = new GroupCommit(async (items) => {
      batches.push([...items]);
      await new Promise<void>((resolve) => release.push(resolve));
      if (items.includes('bad')) throw new Error('refused');
      return items.map((item) => item.toUpperCase());
    }, BOUNDS);
  });

  const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));
  const finishBatch = async (): Promise<void> => {
    await turn();
    release.shift()?.();
    await turn();
  };

  it('gives everyone the fate of their own item', async () => {
    const fates = Promise.all(['a', 'b'].map((item) => commits.add(item, 1)));
    await finishBatch();
    await expect(fates).resolves.toEqual(['A', 'B']);
  });

  it('lets what arrives during a commit share the next one', async () => {
    const first = commits.add('a', 1);
    await turn();
    const rest = ['b', 'c', 'd'].map((item) => commits.add(item, 1));
    await finishBatch();
    await finishBatch();
    await Promise.all([first, ...rest]);
    expect(batches).toEqual([['a'], ['b', 'c', 'd']]);
  });

  it('bounds a batch by count and by bytes, and never starves a huge item', async () => {
    const all = [commits.add('a', 60), commits.add('b', 60), commits.add('c', 500), commits.add('d', 1)];
    for (let batch = 0; batch < 4; batch += 1) await finishBatch();
    await Promise.all(all);
    expect(batches).toEqual([['a'], ['b'], ['c'], ['d']]);
  });

  it('refuses at once when too many wait', async () => {
    const waiting = ['a', 'b', 'c', 'd', 'e'].map((item) => commits.add(item, 1));
    await expect(commits.add('f', 1)).rejects.toBeInstanceOf(CommitQueueFull);
    await finishBatch();
    await finishBatch();
    await expect(Promise.all(waiting)).resolves.toHaveLength(5);
  });

  it('tells all of a failed batch, and goes on with the next', async () => {
    const failed = commits.add('bad', 1);
    const caught = expect(failed).rejects.toThrow('refused');
    await finishBatch();
    await caught;
    const next = commits.add('a', 1);
    await finishBatch();
    await expect(next).resolves.toBe('A');
  });
});
