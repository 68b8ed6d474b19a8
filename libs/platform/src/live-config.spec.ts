import { randomBytes } from 'node:crypto';
import {
  type ResolvedSystemConfig,
  systemConfigChangedV1,
  systemConfigSeal,
  Unavailable,
} from '@parley/contracts';
import type { EventListener } from '@parley/messaging';
import { eventually } from '@parley/testing';
import { z } from 'zod';
import { LiveConfig } from './live-config';
import { SecretExchange } from './secret-exchange';

interface Settings {
  FREE_CREDITS: number;
  LOW_CREDITS_THRESHOLD: number;
}

/** A billing service whose identity answers what the test says. */
class Scene {
  readonly exchange = new SecretExchange(randomBytes(32).toString('base64'));
  answer: () => Promise<ResolvedSystemConfig> = async () => ({ values: {}, unreadable: [] });
  asked = 0;
  listener: EventListener | undefined;
  connection: (connected: boolean) => void = () => undefined;
  readonly live: LiveConfig<Settings>;

  constructor(pollMs?: number, sealer = this.exchange) {
    const rpc = {
      call: async (_operation: unknown, request: object) => {
        this.asked += 1;
        const answer = await this.answer();
        return { sealed: sealer.seal(answer, systemConfigSeal.answer(request as never)) };
      },
    };
    this.live = new LiveConfig<Settings>({
      service: 'billing',
      shape: {
        FREE_CREDITS: z.coerce.number().int().min(0),
        LOW_CREDITS_THRESHOLD: z.coerce.number().int(),
      },
      config: { FREE_CREDITS: 15, LOW_CREDITS_THRESHOLD: 5 },
      transport: {
        observe: async (_types, listener) => {
          this.listener = listener;
        },
        onConnection: (listener) => {
          this.connection = listener;
        },
      },
      rpc: rpc as never,
      exchange: this.exchange,
      ...(pollMs ? { pollMs } : {}),
    });
  }

  says(values: Record<string, string>, unreadable: string[] = []): void {
    const entries = Object.entries(values).map(([key, text]) => [key, { text, version: 1 }] as const);
    this.answer = async () => ({ values: Object.fromEntries(entries), unreadable });
  }

  changes(key = 'FREE_CREDITS'): void {
    const meta = { type: systemConfigChangedV1.type } as never;
    this.listener?.({ meta, payload: { key, version: 1 } });
  }

  get free(): number {
    return this.live.get('FREE_CREDITS');
  }
}

describe('live settings', () => {
  let scene: Scene;
  afterEach(() => scene.live.stop());

  it('are the environment’s until identity says otherwise, and again once it says no more', async () => {
    scene = new Scene();
    scene.says({ FREE_CREDITS: '40' });
    await scene.live.start();
    expect(scene.free).toBe(15);
    await eventually(() => expect(scene.free).toBe(40));
    expect(scene.live.get('LOW_CREDITS_THRESHOLD')).toBe(5);
    scene.says({});
    scene.changes();
    await eventually(() => expect(scene.free).toBe(15));
  });

  it('tell listeners what changed, once', async () => {
    scene = new Scene();
    const told: string[][] = [];
    const stop = scene.live.onChange((keys) => told.push([...keys]));
    scene.says({ FREE_CREDITS: '40' });
    await scene.live.start();
    await eventually(() => expect(told).toEqual([['FREE_CREDITS']]));
    scene.changes();
    await eventually(() => expect(scene.asked).toBe(2));
    stop();
    scene.says({ FREE_CREDITS: '41' });
    scene.changes();
    await eventually(() => expect(scene.free).toBe(41));
    expect(told).toEqual([['FREE_CREDITS']]);
  });

  it('ask again when a change comes while an answer is on its way', async () => {
    scene = new Scene();
    let release: (answer: ResolvedSystemConfig) => void = () => undefined;
    scene.answer = () => new Promise((resolve) => (release = resolve));
    await scene.live.start();
    scene.changes();
    const stale = { values: { FREE_CREDITS: { text: '1', version: 1 } }, unreadable: [] };
    scene.says({ FREE_CREDITS: '2' });
    await eventually(() => expect(scene.asked).toBe(1));
    release(stale);
    await eventually(() => expect(scene.free).toBe(2));
    expect(scene.asked).toBe(2);
  });

  it('outlive an identity that is away, and find it again without an event', async () => {
    scene = new Scene(20);
    scene.says({ FREE_CREDITS: '40' });
    await scene.live.start();
    await eventually(() => expect(scene.free).toBe(40));
    scene.answer = () => Promise.reject(new Unavailable('identity is not running'));
    const before = scene.asked;
    await eventually(() => expect(scene.asked).toBeGreaterThan(before + 1));
    expect(scene.free).toBe(40);
    scene.says({ FREE_CREDITS: '50' });
    await eventually(() => expect(scene.free).toBe(50));
  });

  it('keep what they have when a value is unusable or unreadable', async () => {
    scene = new Scene();
    scene.says({ FREE_CREDITS: '40', LOW_CREDITS_THRESHOLD: '7' });
    await scene.live.start();
    await eventually(() => expect(scene.free).toBe(40));
    scene.says({ FREE_CREDITS: 'many' }, ['LOW_CREDITS_THRESHOLD']);
    scene.changes();
    await eventually(() => expect(scene.asked).toBe(2));
    await new Promise(setImmediate);
    expect([scene.free, scene.live.get('LOW_CREDITS_THRESHOLD')]).toEqual([40, 7]);
  });

  it('believe nobody who has not the same key', async () => {
    scene = new Scene(20, new SecretExchange(randomBytes(32).toString('base64')));
    scene.says({ FREE_CREDITS: '40' });
    await scene.live.start();
    await eventually(() => expect(scene.asked).toBeGreaterThan(1));
    expect(scene.free).toBe(15);
  });

  it('do not ask about settings of other services', async () => {
    scene = new Scene();
    await scene.live.start();
    await eventually(() => expect(scene.asked).toBe(1));
    scene.changes('RESEND_API_KEY');
    await new Promise(setImmediate);
    expect(scene.asked).toBe(1);
  });

  it('are asked for again when the broker is back, for changes that nobody heard', async () => {
    scene = new Scene();
    await scene.live.start();
    await eventually(() => expect(scene.asked).toBe(1));
    scene.connection(false);
    scene.says({ FREE_CREDITS: '40' });
    expect(scene.asked).toBe(1);
    scene.connection(true);
    await eventually(() => expect(scene.free).toBe(40));
  });
});
