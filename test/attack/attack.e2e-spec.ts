import { attackPlatform } from './attack';

describe('the walls', () => {
  it('hold at every door', async () => {
    const report = await attackPlatform((line) => process.stderr.write(`${line}\n`));
    process.stderr.write(`${report.toString()}\n`);
    expect(report.findings).toEqual([]);
    expect(report.unproved).toEqual([]);
    expect(report.attempts.length).toBeGreaterThan(5_000);
  }, 600_000);
});
