import type { Locale, ThresholdLevel, UsageMeter } from '@parley/contracts';
import type { EmailText } from '../email/templates/template';
import type { BillingNotice } from './notice';

export interface NoticeReader {
  readonly name: string;
  readonly tenantName: string;
}

/** What a notice says, in the language of who reads it. */
export function noticeText(notice: BillingNotice, reader: NoticeReader, locale: Locale): EmailText {
  const texts = locale === 'fr' ? FRENCH : ENGLISH;
  const greeting = locale === 'fr' ? `Bonjour ${reader.name},` : `Hello ${reader.name},`;
  const { subject, paragraphs } = texts.of(notice, reader.tenantName);
  return { subject, greeting, paragraphs, notes: [texts.why(reader.tenantName)] };
}

type Said = Pick<EmailText, 'subject' | 'paragraphs'>;

interface Language {
  of(notice: BillingNotice, tenant: string): Said;
  why(tenant: string): string;
}

const ENGLISH: Language = {
  of(notice, tenant) {
    if (notice.kind === 'low_credits') {
      return {
        subject: `${tenant}: ${notice.balance} credits left`,
        paragraphs: [
          `${tenant} has ${notice.balance} credits left, fewer than ${notice.threshold}.`,
          'One credit pays for one minute. When none are left, new calls are no longer taken. Buy credits or choose a plan under Billing.',
        ],
      };
    }
    if (notice.kind === 'trial_ending') {
      return {
        subject: `${tenant}: your trial ends on ${day(notice.trialEnd, 'en-CA')}`,
        paragraphs: [
          `The trial of your plan ends on ${day(notice.trialEnd, 'en-CA')}.`,
          notice.hasPaymentMethod
            ? 'Your plan goes on by itself and your card is charged. You can change or cancel it under Billing.'
            : 'No payment method is on file: add one under Billing to keep your plan.',
        ],
      };
    }
    const what = METERS_EN[notice.meter];
    const share = `${notice.used} of ${notice.included} ${what}`;
    return {
      subject: `${tenant}: ${SUBJECT_EN[notice.level]} (${what})`,
      paragraphs: [
        `${tenant} has used ${share} until ${day(notice.periodEnd, 'en-CA')}.`,
        ADVICE_EN[notice.level],
      ],
    };
  },
  why: (tenant) => `You get this message because you own ${tenant} on Parley.`,
};

const FRENCH: Language = {
  of(notice, tenant) {
    if (notice.kind === 'low_credits') {
      return {
        subject: `${tenant} : il reste ${notice.balance} crédits`,
        paragraphs: [
          `Il reste ${notice.balance} crédits à ${tenant}, moins que le seuil de ${notice.threshold}.`,
          'Un crédit paie une minute. Quand il n’en reste plus, les nouveaux appels ne sont plus pris. Achetez des crédits ou choisissez un forfait sous Facturation.',
        ],
      };
    }
    if (notice.kind === 'trial_ending') {
      return {
        subject: `${tenant} : votre essai se termine le ${day(notice.trialEnd, 'fr-CA')}`,
        paragraphs: [
          `L’essai de votre forfait se termine le ${day(notice.trialEnd, 'fr-CA')}.`,
          notice.hasPaymentMethod
            ? 'Votre forfait se poursuit de lui-même et votre carte sera débitée. Vous pouvez le modifier ou l’annuler sous Facturation.'
            : 'Aucun mode de paiement n’est inscrit : ajoutez-en un sous Facturation pour garder votre forfait.',
        ],
      };
    }
    const what = METERS_FR[notice.meter];
    return {
      subject: `${tenant} : ${SUBJECT_FR[notice.level]} (${what})`,
      paragraphs: [
        `${tenant} a utilisé ${notice.used} sur ${notice.included} ${what} jusqu’au ${day(notice.periodEnd, 'fr-CA')}.`,
        ADVICE_FR[notice.level],
      ],
    };
  },
  why: (tenant) => `Vous recevez ce message parce que vous êtes propriétaire de ${tenant} sur Parley.`,
};

const SUBJECT_EN: Record<ThresholdLevel, string> = {
  notice: 'your allowance is nearly used',
  soft: 'your allowance is used up',
  hard: 'use has stopped',
};
const ADVICE_EN: Record<ThresholdLevel, string> = {
  notice: 'Everything goes on as before. Top up or move to a larger plan under Billing before it runs out.',
  soft: 'What goes beyond is paid by top-ups, credits or overage, where your plan has them. Top up under Billing to be safe.',
  hard: 'No more is taken in this period beyond what top-ups or credits pay for. Top up or move to a larger plan under Billing.',
};
const SUBJECT_FR: Record<ThresholdLevel, string> = {
  notice: 'votre allocation est presque épuisée',
  soft: 'votre allocation est épuisée',
  hard: 'l’utilisation est arrêtée',
};
const ADVICE_FR: Record<ThresholdLevel, string> = {
  notice:
    'Rien ne change pour l’instant. Ajoutez une recharge ou passez à un forfait supérieur sous Facturation avant qu’elle s’épuise.',
  soft: 'Le surplus est payé par vos recharges, vos crédits ou le dépassement, si votre forfait le permet. Ajoutez une recharge sous Facturation par précaution.',
  hard: 'Plus rien n’est accepté durant cette période au-delà de ce que paient vos recharges ou vos crédits. Ajoutez une recharge ou passez à un forfait supérieur sous Facturation.',
};

const METERS_EN: Record<UsageMeter, string> = {
  credits: 'credits',
  voice_minutes: 'call minutes',
  practice_minutes: 'practice minutes',
  sms: 'text messages',
  ai_prompts: 'AI prompts',
  ai_conversations: 'AI conversations',
  transcription_minutes: 'transcription minutes',
  research: 'research reports',
};
const METERS_FR: Record<UsageMeter, string> = {
  credits: 'crédits',
  voice_minutes: 'minutes d’appel',
  practice_minutes: 'minutes de pratique',
  sms: 'messages texte',
  ai_prompts: 'requêtes d’IA',
  ai_conversations: 'conversations d’IA',
  transcription_minutes: 'minutes de transcription',
  research: 'rapports de recherche',
};

const day = (instant: string, locale: 'en-CA' | 'fr-CA'): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(instant));
