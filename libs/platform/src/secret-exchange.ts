import { Unavailable } from '@parley/contracts';
import { SecretBox } from './secret-box';

/** Seals what services tell each other in confidence: brokers keep and log messages, and must not hold secrets. */
export class SecretExchange {
  private readonly box: SecretBox | undefined;

  /** @param key CONFIG_EXCHANGE_KEY, the same for every service */
  constructor(key: string | undefined) {
    this.box = key === undefined ? undefined : new SecretBox(key);
  }

  get isReady(): boolean {
    return this.box !== undefined;
  }

  /**
   * @param purpose what it may be opened for
   * @throws Unavailable when this process has no key
   */
  seal(value: unknown, purpose: string): string {
    return this.need().seal(JSON.stringify(value), purpose).toString('base64');
  }

  /** @throws Unavailable without a key; Error when it was sealed under another key or for another purpose */
  open(sealed: string, purpose: string): unknown {
    return JSON.parse(this.need().open(Buffer.from(sealed, 'base64'), purpose));
  }

  private need(): SecretBox {
    if (!this.box) throw new Unavailable('Secrets cannot be passed on: CONFIG_EXCHANGE_KEY is not set');
    return this.box;
  }
}
