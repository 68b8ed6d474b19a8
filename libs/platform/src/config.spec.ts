import {
  baseShape,
  encryptionKey,
  integer,
  list,
  maskConfig,
  networks,
  readConfig,
  secret,
  text,
} from './config';

const shape = { ...baseShape, NAME: text(), COUNT: integer(5, 1), ORIGINS: list(), KEY: secret(text()) };

describe('settings', () => {
  it('tells every fault in one message', () => {
    expect(() => readConfig('billing', shape, { COUNT: 'many', LOG_LEVEL: 'loud' })).toThrow(
      /billing cannot start[^]*LOG_LEVEL[^]*NAME[^]*COUNT[^]*KEY/,
    );
  });

  it('reads text as what it stands for and treats blank as unset', () => {
    const config = readConfig('billing', shape, { NAME: 'x', COUNT: '', ORIGINS: 'a, b,', KEY: 'k' });
    expect(config).toMatchObject({ COUNT: 5, ORIGINS: ['a', 'b'], NODE_ENV: 'development' });
  });

  it('shows secrets only as set or not set', () => {
    const config = readConfig('billing', shape, { NAME: 'x', KEY: 'hush' });
    const shown = maskConfig(shape, config);
    expect(shown).toMatchObject({ NAME: 'x', KEY: 'set', RABBITMQ_URL: 'not set' });
    expect(JSON.stringify(shown)).not.toContain('hush');
  });

  it('takes networks only', () => {
    const read = (TRUSTED: string) => readConfig('gateway', { TRUSTED: networks() }, { TRUSTED }).TRUSTED;
    expect(read('10.0.0.0/8, ::1, loopback,fd00::/8')).toEqual(['10.0.0.0/8', '::1', 'loopback', 'fd00::/8']);
    expect(read('')).toEqual([]);
    for (const wrong of ['10.0.0.0/33', '10.0.0', 'true', '1', '10.0.0.0/8/8', 'fd00::/129', '10.0.0.0/']) {
      expect(() => read(wrong)).toThrow('CIDR');
    }
  });

  it('wants 32 bytes for an encryption key', () => {
    const read = (KEY: string) => readConfig('identity', { KEY: encryptionKey() }, { KEY });
    expect(() => read(Buffer.alloc(16).toString('base64'))).toThrow('32 bytes');
    expect(read(Buffer.alloc(32).toString('base64'))).toBeDefined();
  });
});
