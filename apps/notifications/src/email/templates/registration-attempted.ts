import { inEnglish, inFrench } from './duration';
import type { Template } from './template';

const DEFAULT_MINUTES = 60;

export const registrationAttempted: Template = {
  en: ({ name, signInLink, validMinutes = DEFAULT_MINUTES }) => ({
    subject: 'You already have a Parley account',
    greeting: `Hello ${name},`,
    paragraphs: [
      'Somebody, perhaps you, just tried to open an account with this e-mail address. It has one already, and nothing was changed.',
      `If it was you, sign in${signInLink ? ` at ${signInLink}` : ''}. If you do not know your password any more, choose a new one.`,
    ],
    action: 'Choose a new password',
    notes: [
      `The link works once, within ${inEnglish(validMinutes)}. A new password signs you out everywhere.`,
      'If it was not you, ignore this message: nobody learned that you have an account.',
    ],
  }),
  fr: ({ name, signInLink, validMinutes = DEFAULT_MINUTES }) => ({
    subject: 'Vous avez déjà un compte Parley',
    greeting: `Bonjour ${name},`,
    paragraphs: [
      'Quelqu’un, vous peut-être, vient d’essayer d’ouvrir un compte avec cette adresse courriel. Elle en a déjà un, et rien n’a été modifié.',
      `Si c’était vous, connectez-vous${signInLink ? ` à l’adresse ${signInLink}` : ''}. Si vous ne connaissez plus votre mot de passe, choisissez-en un nouveau.`,
    ],
    action: 'Choisir un nouveau mot de passe',
    notes: [
      `Le lien fonctionne une seule fois, pendant ${inFrench(validMinutes)}. Un nouveau mot de passe met fin à toutes vos sessions.`,
      'Si ce n’était pas vous, ne tenez pas compte de ce message : personne n’a appris que vous avez un compte.',
    ],
  }),
};
