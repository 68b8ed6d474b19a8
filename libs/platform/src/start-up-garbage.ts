import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (how: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void;

/** Long enough for what services still do once they are ready. */
const DELAY_MS = 1_500;

/**
 * Returns to the system what loading modules and building the application left behind: a quarter of the memory of a
 * service that has nothing to do. V8 would keep it, sized for the next such burst, which never comes. Takes some tens of
 * milliseconds, once.
 */
export function releaseStartUpGarbage(): void {
  setTimeout(() => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as Collect;
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  }, DELAY_MS).unref();
}
