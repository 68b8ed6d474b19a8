import { inEnglish, inFrench } from './duration';
import type { Template } from './template';

const DEFAULT_MINUTES = 60;

export const resetPassword: Template = {
  en: ({ name, validMinutes = DEFAULT_MINUTES }) => ({
    subject: 'Choose a new password',
    greeting: `Hello ${name},`,
    paragraphs: ['Somebody, hopefully you, asked for a new password for your Parley account.'],
    action: 'Choose a new password',
    notes: [
      `The link works once, within ${inEnglish(validMinutes)}. A new password signs you out everywhere.`,
      'If it was not you, ignore this message: your password stays as it is.',
    ],
  }),
  fr: ({ name, validMinutes = DEFAULT_MINUTES }) => ({
    subject: 'Choisissez un nouveau mot de passe',
    greeting: `Bonjour ${name},`,
    paragraphs: ['Quelqu’un, vous sans doute, a demandé un nouveau mot de passe pour votre compte Parley.'],
    action: 'Choisir un nouveau mot de passe',
    notes: [
      `Le lien fonctionne une seule fois, pendant ${inFrench(validMinutes)}. Un nouveau mot de passe met fin à toutes vos sessions.`,
      'Si ce n’était pas vous, ne tenez pas compte de ce message : votre mot de passe reste le même.',
    ],
  }),
};
