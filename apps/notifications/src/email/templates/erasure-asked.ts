import { inEnglish, inFrench } from './duration';
import type { Template } from './template';

/** The subject names nobody: it is kept when the body is not. */
export const erasureAsked: Template = {
  en: ({ name, tenantName = 'your company', validMinutes }) => ({
    subject: 'Your company is to be erased',
    greeting: `Hello ${name},`,
    paragraphs: [
      `You asked us to erase all data of ${tenantName}.`,
      validMinutes
        ? `The erasure begins in ${inEnglish(validMinutes)}. Until then you can call it off.`
        : 'The erasure begins now.',
    ],
    action: 'See the request',
    notes: ['If it was not you, call it off, then change your password and end your other sessions.'],
  }),
  fr: ({ name, tenantName = 'votre entreprise', validMinutes }) => ({
    subject: 'Votre entreprise va être effacée',
    greeting: `Bonjour ${name},`,
    paragraphs: [
      `Vous nous avez demandé d’effacer toutes les données de ${tenantName}.`,
      validMinutes
        ? `L’effacement commence dans ${inFrench(validMinutes)}. D’ici là, vous pouvez l’annuler.`
        : 'L’effacement commence maintenant.',
    ],
    action: 'Voir la demande',
    notes: [
      'Si ce n’était pas vous, annulez la demande, puis modifiez votre mot de passe et fermez vos autres sessions.',
    ],
  }),
};
