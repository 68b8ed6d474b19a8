import type { Template } from './template';

export const passwordChanged: Template = {
  en: ({ name }) => ({
    subject: 'Your password was changed',
    greeting: `Hello ${name},`,
    paragraphs: ['The password of your Parley account was just changed, and other sessions were signed out.'],
    notes: ['If it was not you, ask for a new password right away on the sign-in page.'],
  }),
  fr: ({ name }) => ({
    subject: 'Votre mot de passe a été modifié',
    greeting: `Bonjour ${name},`,
    paragraphs: [
      'Le mot de passe de votre compte Parley vient d’être modifié, et vos autres sessions ont été fermées.',
    ],
    notes: ['Si ce n’était pas vous, demandez sans tarder un nouveau mot de passe à la page de connexion.'],
  }),
};
