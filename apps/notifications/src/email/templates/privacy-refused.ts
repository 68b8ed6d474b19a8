import type { Template } from './template';

export const privacyRefused: Template = {
  en: ({ name }) => ({
    subject: 'Your request about data was not carried out',
    greeting: `Hello ${name},`,
    paragraphs: [
      'Something changed after you asked: you no longer hold the role it takes, or you own a company where others work. Nothing was copied or erased.',
    ],
    action: 'See the request',
    notes: ['Once your role allows it, or the ownership of your company is transferred, you can ask again.'],
  }),
  fr: ({ name }) => ({
    subject: 'Votre demande concernant des données n’a pas été exécutée',
    greeting: `Bonjour ${name},`,
    paragraphs: [
      'La situation a changé depuis votre demande : vous n’avez plus le rôle requis, ou vous êtes propriétaire d’une entreprise où d’autres travaillent. Rien n’a été copié ni effacé.',
    ],
    action: 'Voir la demande',
    notes: [
      'Dès que votre rôle le permet, ou que la propriété de votre entreprise est transférée, vous pouvez présenter une nouvelle demande.',
    ],
  }),
};
