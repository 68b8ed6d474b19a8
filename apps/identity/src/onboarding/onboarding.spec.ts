import { afterReport, statusOf, stepAs } from './onboarding';

const AT = new Date('2026-11-20T14:05:00.000Z');
const run = (...steps: ReturnType<typeof stepAs>[]) => ({ steps, status: statusOf(steps) });

describe('the steps of an onboarding', () => {
  it('make it running, done or failed', () => {
    expect(statusOf([stepAs('account', 'done', AT), stepAs('plan', 'pending')])).toBe('running');
    expect(statusOf([stepAs('account', 'done', AT), stepAs('plan', 'done', AT)])).toBe('done');
    expect(statusOf([stepAs('plan', 'failed', AT), stepAs('agent', 'pending')])).toBe('failed');
    expect(statusOf([stepAs('account', 'undone', AT), stepAs('tenant', 'failed', AT)])).toBe('compensated');
  });

  it('may fail and succeed later, and stay done once done', () => {
    const failed = afterReport(run(stepAs('plan', 'pending')), 'plan', 'failed', AT, 'No such plan');
    expect(failed).toEqual([{ name: 'plan', state: 'failed', at: AT.toISOString(), reason: 'No such plan' }]);
    const done = afterReport(run(...(failed ?? [])), 'plan', 'done', AT);
    expect(done).toEqual([{ name: 'plan', state: 'done', at: AT.toISOString(), reason: null }]);
    expect(afterReport(run(...(done ?? [])), 'plan', 'failed', AT, 'late')).toBeUndefined();
  });

  it('are not changed by reports of steps the run does not have', () => {
    expect(afterReport(run(stepAs('plan', 'pending')), 'agent', 'done', AT)).toBeUndefined();
  });

  it('of a compensated run are over', () => {
    const compensated = run(stepAs('account', 'undone', AT), stepAs('plan', 'pending'));
    expect(afterReport(compensated, 'plan', 'done', AT)).toBeUndefined();
  });
});
