import type { SocialProviderName } from '@parley/contracts';
import { inEnglish, inFrench } from './duration';
import type { Template } from './template';

const NAMES: Record<SocialProviderName, string> = {
  google: 'Google',
  linkedin: 'LinkedIn',
  facebook: 'Facebook',
};

const DEFAULT_MINUTES = 1440;

export const verifyEmail: Template = {
  en: ({ name, validMinutes = DEFAULT_MINUTES, provider }) => ({
    subject: 'Confirm your e-mail address',
    greeting: `Hello ${name},`,
    paragraphs: [
      'Welcome to Parley. Please confirm that this e-mail address is yours.',
      ...(provider
        ? [
            `The account is linked to ${NAMES[provider]}: whoever holds that ${NAMES[provider]} account signs in to it. If that is not you, do not follow the link.`,
          ]
        : []),
    ],
    action: 'Confirm my address',
    notes: [
      `The link works once, within ${inEnglish(validMinutes)}.`,
      'If you did not open an account, ignore this message.',
    ],
  }),
  fr: ({ name, validMinutes = DEFAULT_MINUTES, provider }) => ({
    subject: 'Confirmez votre adresse courriel',
    greeting: `Bonjour ${name},`,
    paragraphs: [
      'Bienvenue chez Parley. Veuillez confirmer que cette adresse courriel est bien la vôtre.',
      ...(provider
        ? [
            `Le compte est lié à ${NAMES[provider]} : la personne à qui appartient ce compte ${NAMES[provider]} peut s’y connecter. Si ce n’est pas vous, ne suivez pas le lien.`,
          ]
        : []),
    ],
    action: 'Confirmer mon adresse',
    notes: [
      `Le lien fonctionne une seule fois, pendant ${inFrench(validMinutes)}.`,
      'Si vous n’avez pas ouvert de compte, ne tenez pas compte de ce message.',
    ],
  }),
};
