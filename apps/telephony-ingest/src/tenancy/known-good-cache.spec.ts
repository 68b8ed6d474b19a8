import { freezeClock } from '@parley/testing';
import { KnownGoodCache } from './known-good-cache';

const TURN = () => new Promise((resolve) => setImmediate(resolve));

describe('a cache of what was last known', () => {
  let clock: ReturnType<typeof freezeClock>;
  let answers: (string | undefined | Error)[];
  let loads: number;
  let cache: KnownGoodCache<string>;

  beforeEach(() => {
    clock = freezeClock('2026-11-20T12:00:00Z');
    answers = [];
    loads = 0;
    const load = async (): Promise<string | undefined> => {
      loads += 1;
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer;
    };
    cache = new KnownGoodCache(load, { freshMs: 30_000, staleMs: 300_000, absentMs: 5_000, patienceMs: 20 });
  });
  afterEach(() => clock.release());

  const later = (seconds: number): void => clock.set(new Date(Date.now() + seconds * 1000));

  it('asks its source once while a value is fresh', async () => {
    answers = ['one', 'two'];
    await cache.get('k');
    later(29);
    await expect(cache.get('k')).resolves.toBe('one');
    expect(loads).toBe(1);
  });

  it('answers with an ageing value while it fetches a newer one', async () => {
    answers = ['one', 'two'];
    await cache.get('k');
    later(31);
    await expect(cache.get('k')).resolves.toBe('one');
    await TURN();
    await expect(cache.get('k')).resolves.toBe('two');
  });

  it('waits for a new value when the old one is too old', async () => {
    answers = ['one', 'two'];
    await cache.get('k');
    later(301);
    await expect(cache.get('k')).resolves.toBe('two');
  });

  it('answers with what it last knew when the source fails', async () => {
    answers = ['one', new Error('away')];
    await cache.get('k');
    later(3_600);
    await expect(cache.get('k')).resolves.toBe('one');
  });

  it('answers with what it last knew when the source takes too long', async () => {
    let slow = false;
    const load = (): Promise<string> => (slow ? new Promise(() => undefined) : Promise.resolve('one'));
    const patient = new KnownGoodCache<string>(load, { patienceMs: 20 });
    await patient.get('k');
    slow = true;
    later(3_600);
    await expect(patient.get('k')).resolves.toBe('one');
  });

  it('fails when nothing is known and the source fails', async () => {
    answers = [new Error('away')];
    await expect(cache.get('k')).rejects.toThrow('away');
  });

  it('asks again after a change, and still knows the old value if the source is away', async () => {
    answers = ['one', 'two', new Error('away')];
    await cache.get('k');
    cache.expire();
    await expect(cache.get('k')).resolves.toBe('two');
    cache.expire();
    await expect(cache.get('k')).resolves.toBe('two');
  });

  it('does not keep what was loaded before a change', async () => {
    let release: (value: string) => void = () => undefined;
    const racing = new KnownGoodCache<string>(() => new Promise((resolve) => (release = resolve)));
    const early = racing.get('k');
    racing.expire();
    release('old');
    await expect(early).resolves.toBe('old');
    const next = racing.get('k');
    release('new');
    await expect(next).resolves.toBe('new');
  });

  it('remembers for a while that there is nothing', async () => {
    answers = [undefined, 'one'];
    await expect(cache.get('k')).resolves.toBeUndefined();
    await expect(cache.get('k')).resolves.toBeUndefined();
    expect(loads).toBe(1);
    later(6);
    await expect(cache.get('k')).resolves.toBe('one');
  });

  it('loses nothing real to guessed keys', async () => {
    const small = new KnownGoodCache<string>(async (key) => (key === 'real' ? 'one' : undefined), {
      capacity: 2,
    });
    await small.get('real');
    for (let guess = 0; guess < 10; guess += 1) await small.get(`guess-${guess}`);
    later(3_600);
    const known = jest.spyOn(small as unknown as { load: () => Promise<string> }, 'load');
    known.mockRejectedValue(new Error('away'));
    await expect(small.get('real')).resolves.toBe('one');
  });
});
