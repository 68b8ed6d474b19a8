import type { Template } from './template';

export const sessionReused: Template = {
  en: ({ name }) => ({
    subject: 'We ended one of your sessions',
    greeting: `Hello ${name},`,
    paragraphs: [
      'One of your Parley sessions was used from two places. Somebody may have copied it, so we ended it everywhere.',
      'Sign in again to go on.',
    ],
    notes: [
      'This also happens when a device is restored from a backup. If that is not what you did, change your password and look at your sessions.',
    ],
  }),
  fr: ({ name }) => ({
    subject: 'Nous avons mis fin à une de vos sessions',
    greeting: `Bonjour ${name},`,
    paragraphs: [
      'Une de vos sessions Parley a servi à deux endroits. Quelqu’un l’a peut-être copiée : nous y avons mis fin partout.',
      'Connectez-vous de nouveau pour continuer.',
    ],
    notes: [
      'Cela arrive aussi quand un appareil est restauré à partir d’une sauvegarde. Si ce n’est pas votre cas, changez votre mot de passe et vérifiez vos sessions.',
    ],
  }),
};
