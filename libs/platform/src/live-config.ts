import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import {
  newId,
  type ResolvedSystemConfig,
  resolveSystemConfig,
  runAs,
  type ServiceName,
  type SystemConfigChangedV1,
  systemConfigChangedV1,
  systemConfigKeysOf,
  systemConfigSeal,
  systemCaller,
} from '@parley/contracts';
import type { RpcClient, Transport } from '@parley/messaging';
import type { Shape } from './config';
import type { SecretExchange } from './secret-exchange';

/** The net under the events and the question after a lost connection. */
const POLL_MS = 60_000;
/** First wait after identity could not be asked; doubles up to the poll. */
const RETRY_MS = 500;

export interface LiveConfigOptions {
  service: ServiceName;
  shape: Shape;
  /** As read from the environment. */
  config: object;
  transport: Pick<Transport, 'observe' | 'onConnection'>;
  rpc: Pick<RpcClient, 'call'>;
  exchange: SecretExchange;
  pollMs?: number;
}

type Listener = (changed: ReadonlySet<string>) => void;

interface Known {
  readonly text: string;
  readonly value: unknown;
}

/**
 * Settings that administrators change while the service runs (`SYSTEM_CONFIG_KEYS`), else as in the environment. Ask
 * at every use, or listen. With identity away the last known values hold; before the first answer the environment's.
 */
export class LiveConfig<Config extends object = Record<string, unknown>> {
  private readonly logger: Logger;
  private readonly keys: readonly string[];
  private readonly known = new Map<string, Known>();
  private readonly listeners = new Set<Listener>();
  private refreshing: Promise<void> | undefined;
  private again = false;
  private failures = 0;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly options: LiveConfigOptions) {
    this.logger = new Logger(`LiveConfig:${options.service}`);
    this.keys = systemConfigKeysOf(options.service).map(({ key }) => key);
  }

  get<Key extends keyof Config & string>(key: Key): Config[Key] {
    const known = this.known.get(key);
    return (known ? known.value : (this.options.config as Config)[key]) as Config[Key];
  }

  /** @returns what ends the listening */
  onChange(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Never waits for identity and never fails: a service starts with what it has. */
  async start(): Promise<void> {
    if (this.keys.length === 0) return;
    if (!this.options.exchange.isReady) {
      this.logger.warn('CONFIG_EXCHANGE_KEY is not set: settings come from the environment only');
      return;
    }
    try {
      await this.options.transport.observe([systemConfigChangedV1.type], ({ payload }) => {
        if (this.keys.includes((payload as SystemConfigChangedV1).key)) this.refreshSoon();
      });
    } catch (error) {
      this.logger.warn({ err: error }, 'changes of settings are heard by asking only');
    }
    // What was told while nobody listened here is not told again.
    this.options.transport.onConnection((connected) => {
      if (connected) this.refreshSoon();
    });
    this.refreshSoon();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** One question at a time; whatever happens meanwhile leads to one more, so that no older answer comes last. */
  private refreshSoon(): void {
    if (this.stopped) return;
    if (this.refreshing) {
      this.again = true;
      return;
    }
    clearTimeout(this.timer);
    this.refreshing = this.refresh().finally(() => {
      this.refreshing = undefined;
      if (this.again) {
        this.again = false;
        this.refreshSoon();
      } else this.wait();
    });
  }

  private wait(): void {
    if (this.stopped) return;
    const { pollMs = POLL_MS } = this.options;
    const delay = this.failures === 0 ? pollMs : Math.min(RETRY_MS * 2 ** (this.failures - 1), pollMs);
    this.timer = setTimeout(() => this.refreshSoon(), delay);
    this.timer.unref();
  }

  private async refresh(): Promise<void> {
    try {
      this.apply(await this.ask());
      this.failures = 0;
    } catch (error) {
      this.failures = Math.min(this.failures + 1, 16);
      // A start-up order is no fault: identity may come later.
      const level = this.failures === 6 ? 'warn' : 'debug';
      this.logger[level]({ err: error }, 'settings could not be asked for: the last known ones hold');
    }
  }

  private async ask(): Promise<ResolvedSystemConfig> {
    const { service, rpc, exchange } = this.options;
    const request = { service, nonce: randomBytes(16).toString('hex') };
    const { sealed } = await runAs(systemCaller(newId()), () => rpc.call(resolveSystemConfig, request));
    return exchange.open(sealed, systemConfigSeal.answer(request)) as ResolvedSystemConfig;
  }

  private apply({ values, unreadable }: ResolvedSystemConfig): void {
    const changed = new Set<string>();
    for (const key of this.keys) {
      if (unreadable.includes(key)) continue;
      const text = values[key]?.text;
      if (text === this.known.get(key)?.text) continue;
      if (text === undefined) this.known.delete(key);
      else if (!this.learn(key, text)) continue;
      changed.add(key);
    }
    if (changed.size === 0) return;
    this.logger.log({ keys: [...changed] }, 'settings changed');
    for (const listener of this.listeners) this.tell(listener, changed);
  }

  /** A value this service cannot use leaves the one in force as it is. */
  private learn(key: string, text: string): boolean {
    const parsed = this.options.shape[key]?.safeParse(text);
    if (parsed?.success) {
      this.known.set(key, { text, value: parsed.data });
      return true;
    }
    this.logger.error({ key }, 'a setting is not usable here and was not taken over');
    return false;
  }

  private tell(listener: Listener, changed: ReadonlySet<string>): void {
    try {
      listener(changed);
    } catch (error) {
      this.logger.error({ err: error }, 'a listener to settings failed');
    }
  }
}
