import type { Template } from './template';

export const exportReady: Template = {
  en: ({ name }) => ({
    subject: 'Your data is ready',
    greeting: `Hello ${name},`,
    paragraphs: ['The copy of the data you asked for is ready to be downloaded.'],
    action: 'Download my data',
    notes: ['The download stays available for 7 days. You will be asked to sign in.'],
  }),
  fr: ({ name }) => ({
    subject: 'Vos données sont prêtes',
    greeting: `Bonjour ${name},`,
    paragraphs: ['La copie des données que vous avez demandée est prête à être téléchargée.'],
    action: 'Télécharger mes données',
    notes: ['Le téléchargement reste possible pendant 7 jours. Vous devrez vous connecter.'],
  }),
};
