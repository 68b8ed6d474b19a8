import type { Template } from './template';

export const erasureDone: Template = {
  en: ({ name }) => ({
    subject: 'The data was erased',
    greeting: `Hello ${name},`,
    paragraphs: [
      'The data you asked us to erase is gone. A signed certificate says what was removed, and where.',
    ],
    action: 'See the certificate',
    notes: [
      'Amounts and acts that the law makes us keep remain, without names or addresses.',
      'Keep this message: the link is the only way to the certificate once an account is closed.',
    ],
  }),
  fr: ({ name }) => ({
    subject: 'Les données ont été effacées',
    greeting: `Bonjour ${name},`,
    paragraphs: [
      'Les données que vous nous avez demandé d’effacer n’existent plus. Une attestation signée indique ce qui a été supprimé, et où.',
    ],
    action: 'Voir l’attestation',
    notes: [
      'Les montants et les actes que la loi nous oblige à conserver demeurent, sans nom ni adresse.',
      'Conservez ce message : après la fermeture d’un compte, ce lien est le seul accès à l’attestation.',
    ],
  }),
};
