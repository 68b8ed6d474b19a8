import { inEnglish, inFrench } from './duration';
import type { Template } from './template';

const DEFAULT_MINUTES = 1440;

export const verifyEmail: Template = {
  en: ({ name, validMinutes = DEFAULT_MINUTES }) => ({
    subject: 'Confirm your e-mail address',
    greeting: `Hello ${name},`,
    paragraphs: ['Welcome to Parley. Please confirm that this e-mail address is yours.'],
    action: 'Confirm my address',
    notes: [
      `The link works once, within ${inEnglish(validMinutes)}.`,
      'If you did not open an account, ignore this message.',
    ],
  }),
  fr: ({ name, validMinutes = DEFAULT_MINUTES }) => ({
    subject: 'Confirmez votre adresse courriel',
    greeting: `Bonjour ${name},`,
    paragraphs: ['Bienvenue chez Parley. Veuillez confirmer que cette adresse courriel est bien la vôtre.'],
    action: 'Confirmer mon adresse',
    notes: [
      `Le lien fonctionne une seule fois, pendant ${inFrench(validMinutes)}.`,
      'Si vous n’avez pas ouvert de compte, ne tenez pas compte de ce message.',
    ],
  }),
};
