/** Stops `Date` at an instant; timers go on, so that real servers still answer. */
export function freezeClock(at: string | Date): { set(to: string | Date): void; release(): void } {
  jest.useFakeTimers({
    now: new Date(at),
    doNotFake: [
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'clearImmediate',
      'setInterval',
      'clearInterval',
      'setTimeout',
      'clearTimeout',
    ],
  });
  return {
    set: (to) => jest.setSystemTime(new Date(to)),
    release: () => jest.useRealTimers(),
  };
}
