import { creditsLowV1, THRESHOLD_LEVELS, trialEndingV1, usageThresholdV1 } from '@parley/contracts';
import { type BillingNotice, noticeKeyOf } from './notice';
import { noticeText } from './notice-texts';

const READER = { name: 'Élise', tenantName: 'Plomberie Tremblay' };
const low: BillingNotice = { kind: 'low_credits', ...creditsLowV1.sample };
const usage: BillingNotice = { kind: 'usage', ...usageThresholdV1.sample };
const trial: BillingNotice = { kind: 'trial_ending', ...trialEndingV1.sample };

describe('notices of billing', () => {
  it('say what is left, in both languages', () => {
    expect(noticeText(low, READER, 'en').subject).toBe('Plomberie Tremblay: 4 credits left');
    expect(noticeText(low, READER, 'fr').subject).toBe('Plomberie Tremblay : il reste 4 crédits');
  });

  it('say how much of a meter was used, and what follows', () => {
    const { paragraphs } = noticeText(usage, READER, 'en');
    expect(paragraphs[0]).toBe('Plomberie Tremblay has used 121 of 150 call minutes until December 1, 2026.');
    expect(noticeText(usage, READER, 'fr').paragraphs[0]).toContain('121 sur 150 minutes d’appel');
  });

  it('say something else at each level', () => {
    for (const locale of ['en', 'fr'] as const) {
      const said = THRESHOLD_LEVELS.map((level) =>
        noticeText({ ...usage, level } as BillingNotice, READER, locale),
      );
      expect(new Set(said.map(({ subject }) => subject)).size).toBe(3);
      expect(new Set(said.map(({ paragraphs }) => paragraphs[1])).size).toBe(3);
    }
  });

  it('ask for a card only where there is none', () => {
    expect(noticeText(trial, READER, 'en').paragraphs[1]).toContain('goes on by itself');
    const without = { ...trial, hasPaymentMethod: false } as BillingNotice;
    expect(noticeText(without, READER, 'fr').paragraphs[1]).toContain('Aucun mode de paiement');
  });

  it('are named after what they tell, not after the message', () => {
    expect(noticeKeyOf(usage, { id: 'a' })).toBe(noticeKeyOf(usage, { id: 'b' }));
    expect(noticeKeyOf(low, { id: 'a' })).not.toBe(noticeKeyOf(low, { id: 'b' }));
  });
});
