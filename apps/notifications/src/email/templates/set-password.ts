import { inEnglish, inFrench } from './duration';
import type { Template } from './template';

const DEFAULT_MINUTES = 4320;

export const setPassword: Template = {
  en: ({ name, tenantName, validMinutes = DEFAULT_MINUTES }) => ({
    subject: 'Your Parley account is ready',
    greeting: `Hello ${name},`,
    paragraphs: [
      `An account was opened for you on Parley${tenantName ? `, in ${tenantName}` : ''}. Choose a password to sign in.`,
    ],
    action: 'Choose my password',
    notes: [
      `The link works once, within ${inEnglish(validMinutes)}. After that, ask for a new password on the sign-in page.`,
      'If you did not expect this, ignore this message.',
    ],
  }),
  fr: ({ name, tenantName, validMinutes = DEFAULT_MINUTES }) => ({
    subject: 'Votre compte Parley est prêt',
    greeting: `Bonjour ${name},`,
    paragraphs: [
      `Un compte a été ouvert pour vous chez Parley${tenantName ? `, dans ${tenantName}` : ''}. Choisissez un mot de passe pour vous connecter.`,
    ],
    action: 'Choisir mon mot de passe',
    notes: [
      `Le lien fonctionne une seule fois, pendant ${inFrench(validMinutes)}. Ensuite, demandez un nouveau mot de passe à la page de connexion.`,
      'Si vous n’attendiez pas ce message, n’en tenez pas compte.',
    ],
  }),
};
