import type { Answer } from './answer';
import { type EndpointHealth, healthAfter, type HealthPolicy } from './endpoint-health';

const now = new Date('2026-11-20T12:00:00.000Z');
const ago = (hours: number): Date => new Date(now.getTime() - hours * 3_600_000);
const inSeconds = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);
const healthy: EndpointHealth = { consecutiveFailures: 0, failingSince: null, restingUntil: null };
const policy: HealthPolicy = { baseSeconds: 30, disableAfterMs: 5 * 24 * 3_600_000, format: 'standard' };
const answer = (status: number | null, headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  body: null,
  durationMs: 1,
  error: null,
});

describe('the health of an endpoint', () => {
  it('forgets failures on the first success', () => {
    const failing = { ...healthy, consecutiveFailures: 3, failingSince: ago(1) };
    expect(healthAfter(failing, answer(200), policy, now)).toEqual(healthy);
  });

  it('keeps the rest that was asked for, success or not', () => {
    const resting = { ...healthy, restingUntil: inSeconds(60) };
    expect(healthAfter(resting, answer(200), policy, now).restingUntil).toEqual(inSeconds(60));
    expect(healthAfter(resting, answer(429), policy, now).restingUntil).toEqual(inSeconds(60));
  });

  it('rests as long as Retry-After says, or one base wait without it', () => {
    expect(healthAfter(healthy, answer(429, { 'retry-after': '90' }), policy, now).restingUntil).toEqual(
      inSeconds(90),
    );
    expect(healthAfter(healthy, answer(503), policy, now).restingUntil).toEqual(inSeconds(30));
  });

  it('rests longer and longer from the fifth outage in a row, but not for refusals', () => {
    const failed = (times: number): EndpointHealth => ({
      ...healthy,
      consecutiveFailures: times,
      failingSince: now,
    });
    const rests = [3, 4, 5, 6, 20].map(
      (times) => healthAfter(failed(times), answer(null), policy, now).restingUntil,
    );
    expect(rests).toEqual([null, inSeconds(30), inSeconds(60), inSeconds(120), inSeconds(480)]);
    expect(healthAfter(failed(20), answer(404), policy, now).restingUntil).toBeNull();
  });

  it('is disabled when gone, and after five days of nothing but failures', () => {
    expect(healthAfter(healthy, answer(410), policy, now).stopped?.status).toBe('disabled');
    const failing = (hours: number) => ({ ...healthy, consecutiveFailures: 9, failingSince: ago(hours) });
    expect(healthAfter(failing(119), answer(500), policy, now).stopped).toBeUndefined();
    expect(healthAfter(failing(120), answer(500), policy, now).stopped).toEqual({
      status: 'disabled',
      reason: 'Nothing was delivered for 5 days',
    });
  });

  it('is paused when n8n answered 404 for a day, which others may', () => {
    const failing = { ...healthy, consecutiveFailures: 9, failingSince: ago(24) };
    const n8n: HealthPolicy = { ...policy, format: 'n8n' };
    expect(healthAfter(failing, answer(404), n8n, now).stopped?.status).toBe('paused');
    expect(healthAfter(failing, answer(500), n8n, now).stopped).toBeUndefined();
    expect(healthAfter(failing, answer(404), policy, now).stopped).toBeUndefined();
  });
});
