import { inEnglish, inFrench } from './duration';
import type { Template } from './template';

const DEFAULT_MINUTES = 10_080;

/** `name` is the invited address: how the person is called is not known yet. */
export const invitation: Template = {
  en: ({ name, tenantName = 'a team', invitedByName = 'Somebody', validMinutes = DEFAULT_MINUTES }) => ({
    subject: `You are invited to join ${tenantName}`,
    greeting: `Hello ${name},`,
    paragraphs: [`${invitedByName} invites you to join ${tenantName} on Parley.`],
    action: 'Accept the invitation',
    notes: [
      `The link works once, within ${inEnglish(validMinutes)}, and is meant for you alone.`,
      'If you do not know who this is, ignore this message.',
    ],
  }),
  fr: ({ name, tenantName = 'une équipe', invitedByName = 'Quelqu’un', validMinutes = DEFAULT_MINUTES }) => ({
    subject: `Invitation à vous joindre à ${tenantName}`,
    greeting: `Bonjour ${name},`,
    paragraphs: [`${invitedByName} vous invite à vous joindre à ${tenantName} sur Parley.`],
    action: 'Accepter l’invitation',
    notes: [
      `Le lien fonctionne une seule fois, pendant ${inFrench(validMinutes)}, et n’est destiné qu’à vous.`,
      'Si vous ne savez pas de qui il s’agit, ne tenez pas compte de ce message.',
    ],
  }),
};
