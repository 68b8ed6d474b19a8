import { runAs } from '@parley/contracts';
import { aCaller } from '@parley/testing';
import { PinoLogger } from './logging';

/** What the logger writes to standard output, parsed. */
function logged(write: (logger: PinoLogger) => void): Record<string, unknown> {
  const lines: string[] = [];
  const logger = new PinoLogger('info', {}, { write: (line: string) => void lines.push(line) });
  write(logger);
  return JSON.parse(lines[0] ?? '{}') as Record<string, unknown>;
}

describe('logs', () => {
  it('carry request and tenant of the unit of work', () => {
    const caller = aCaller();
    const line = logged((logger) => runAs(caller, () => logger.log({ count: 2 }, 'done', 'Test')));
    expect(line).toMatchObject({
      level: 'info',
      context: 'Test',
      msg: 'done',
      count: 2,
      requestId: caller.requestId,
      tenantId: caller.tenantId,
    });
  });

  it('name both people while one acts as the other', () => {
    const caller = { ...aCaller(), impersonatorId: 'root', impersonationId: 'grant' };
    const line = logged((logger) => runAs(caller, () => logger.log('done', 'Test')));
    expect(line).toMatchObject({ userId: caller.userId, impersonatorId: 'root', impersonationId: 'grant' });
  });

  it('hide secrets, phones and transcripts wherever they stand', () => {
    const text = JSON.stringify(
      logged((logger) =>
        logger.log({ password: 'hush', call: { from: '+15145550142', transcript: 'Bonjour' } }, 'x', 'Test'),
      ),
    );
    expect(text).not.toMatch(/hush|5145550142|Bonjour/);
  });

  it('keep of an error what tells the story, not what the driver hung on it', () => {
    const error = Object.assign(new Error('gone', { cause: new Error('reset') }), {
      code: '57P01',
      client: { password: 'hush' },
    });
    const line = logged((logger) => logger.error({ err: error }, 'lost', 'Test'));
    expect(line['err']).toMatchObject({ message: 'gone', code: '57P01', cause: { message: 'reset' } });
    expect(JSON.stringify(line)).not.toContain('hush');
  });
});
