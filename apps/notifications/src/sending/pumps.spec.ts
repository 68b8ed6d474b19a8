import { setTimeout as pause } from 'node:timers/promises';
import type { Jobs } from '@parley/messaging';
import { eventually } from '@parley/testing';
import type { NotificationsConfig } from '../config';
import type { Attempter } from './attempter';
import type { AttemptResult, ClaimedDelivery } from './claimed-delivery';
import { Pumps } from './pumps';
import type { SendingService } from './sending.service';
import type { Claim } from './sending.repository';

/** A queue in memory where the table would be. */
function pumpsOver(
  queue: string[],
  options: { until?: (id: string) => Promise<unknown>; onWakeAgain?: (pumps: Pumps) => void } = {},
) {
  const claims: Claim[] = [];
  const sent: string[] = [];
  let now = 0;
  let most = 0;
  const sending: Partial<SendingService> = {
    turn: async (results: readonly AttemptResult[], claim: Claim) => {
      await pause(1);
      claims.push(claim);
      now -= results.length;
      return queue.splice(0, claim.room).map((id) => ({ id }) as ClaimedDelivery);
    },
    wakeAgain: async () => options.onWakeAgain?.(pumps),
  };
  const attempter: Partial<Attempter> = {
    attempt: async (delivery) => {
      most = Math.max(most, ++now);
      sent.push(delivery.id);
      await (options.until?.(delivery.id) ?? pause(1));
      return { delivery } as AttemptResult;
    },
  };
  const config = { WEBHOOK_ENDPOINT_CONCURRENCY: 5 } as NotificationsConfig;
  const pumps = new Pumps({} as Jobs, attempter as Attempter, sending as SendingService, config);
  return { pumps, claims, sent, most: () => most };
}

describe('a pump', () => {
  afterEach(() => jest.restoreAllMocks());

  it('sends all that is due, never more at the same time than the endpoint’s cap', async () => {
    const queue = Array.from({ length: 23 }, (_, n) => String(n));
    const { pumps, sent, most } = pumpsOver(queue);
    await pumps.run('endpoint');
    expect(sent).toHaveLength(23);
    expect(most()).toBe(5);
  });

  it('looks again when it is woken while it works, instead of a second pump', async () => {
    const queue = ['first'];
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const { pumps, sent } = pumpsOver(queue, { until: (id) => (id === 'first' ? held : pause(1)) });
    const running = pumps.run('endpoint');
    await eventually(() => expect(sent).toEqual(['first']));
    queue.push('second');
    await pumps.run('endpoint');
    await eventually(() => expect(sent).toEqual(['first', 'second']));
    release();
    await running;
  });

  it('stops claiming when its turn is over, and the wake-up it asks for is not lost on itself', async () => {
    const clock = jest.spyOn(Date, 'now');
    const queue = Array.from({ length: 10 }, (_, n) => String(n));
    const later: Promise<void>[] = [];
    const { pumps, sent, claims } = pumpsOver(queue, {
      onWakeAgain: (woken) => {
        clock.mockRestore();
        later.push(woken.run('endpoint'));
      },
    });
    clock.mockReturnValueOnce(0).mockReturnValueOnce(0).mockReturnValue(60_000);
    await pumps.run('endpoint');
    await Promise.all(later);
    expect(claims.some(({ room }) => room === 0)).toBe(true);
    expect(sent).toHaveLength(10);
  });
});
