import { inEnglish, inFrench } from './duration';
import type { Template } from './template';

const DEFAULT_MINUTES = 30;

export const impersonationStarted: Template = {
  en: ({ name, actor = 'Parley', reason = '', validMinutes = DEFAULT_MINUTES }) => ({
    subject: 'Parley support is working in your account',
    greeting: `Hello ${name},`,
    paragraphs: [
      `${actor} of the Parley team now acts as a member of your company, for at most ${inEnglish(validMinutes)}.`,
      `Reason given: ${reason}`,
    ],
    notes: [
      'Keys, passwords, payouts and roles stay out of reach. Everything that is changed is in your audit trail.',
      'If you did not expect this, answer this message.',
    ],
  }),
  fr: ({ name, actor = 'Parley', reason = '', validMinutes = DEFAULT_MINUTES }) => ({
    subject: 'Le soutien de Parley intervient dans votre compte',
    greeting: `Bonjour ${name},`,
    paragraphs: [
      `${actor}, de l’équipe de Parley, agit maintenant au nom d’un membre de votre entreprise, pendant au plus ${inFrench(validMinutes)}.`,
      `Motif indiqué : ${reason}`,
    ],
    notes: [
      'Les clés, les mots de passe, les versements et les rôles restent hors de portée. Tout changement figure dans votre journal d’audit.',
      'Si vous ne vous y attendiez pas, répondez à ce message.',
    ],
  }),
};
