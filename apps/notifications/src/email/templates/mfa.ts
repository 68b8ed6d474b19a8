import type { Template } from './template';

const NOT_YOU = {
  en: 'Your sessions on other devices were ended. If it was not you, change your password right away and look at your second factors and sessions.',
  fr: 'Vos sessions sur d’autres appareils ont pris fin. Si ce n’était pas vous, changez sans tarder votre mot de passe et vérifiez vos seconds facteurs et vos sessions.',
};

export const mfaFactorAdded: Template = {
  en: ({ name }) => ({
    subject: 'A second factor was added',
    greeting: `Hello ${name},`,
    paragraphs: ['An authenticator app or a passkey was just added to your Parley account.'],
    notes: [NOT_YOU.en],
  }),
  fr: ({ name }) => ({
    subject: 'Un second facteur a été ajouté',
    greeting: `Bonjour ${name},`,
    paragraphs: [
      'Une application d’authentification ou une clé d’accès vient d’être ajoutée à votre compte Parley.',
    ],
    notes: [NOT_YOU.fr],
  }),
};

export const mfaFactorRemoved: Template = {
  en: ({ name }) => ({
    subject: 'A second factor was removed',
    greeting: `Hello ${name},`,
    paragraphs: ['An authenticator app or a passkey was just removed from your Parley account.'],
    notes: ['Without any factor left, your password alone opens the account.', NOT_YOU.en],
  }),
  fr: ({ name }) => ({
    subject: 'Un second facteur a été retiré',
    greeting: `Bonjour ${name},`,
    paragraphs: [
      'Une application d’authentification ou une clé d’accès vient d’être retirée de votre compte Parley.',
    ],
    notes: ['Sans aucun facteur, votre mot de passe suffit à ouvrir le compte.', NOT_YOU.fr],
  }),
};

export const mfaRecoveryCodesRenewed: Template = {
  en: ({ name }) => ({
    subject: 'You have new recovery codes',
    greeting: `Hello ${name},`,
    paragraphs: [
      'New recovery codes were just made for your Parley account. The codes before no longer work.',
    ],
    notes: [NOT_YOU.en],
  }),
  fr: ({ name }) => ({
    subject: 'Vos codes de secours sont nouveaux',
    greeting: `Bonjour ${name},`,
    paragraphs: [
      'De nouveaux codes de secours viennent d’être créés pour votre compte Parley. Les précédents ne fonctionnent plus.',
    ],
    notes: [NOT_YOU.fr],
  }),
};

export const mfaReset: Template = {
  en: ({ name }) => ({
    subject: 'Your second factors were reset',
    greeting: `Hello ${name},`,
    paragraphs: [
      'An administrator of Parley removed every second factor from your account and ended its sessions.',
      'Sign in with your password, then enrol a new factor.',
    ],
    notes: ['If you did not ask for this, change your password and write to us.'],
  }),
  fr: ({ name }) => ({
    subject: 'Vos seconds facteurs ont été réinitialisés',
    greeting: `Bonjour ${name},`,
    paragraphs: [
      'Un administrateur de Parley a retiré tous les seconds facteurs de votre compte et mis fin à ses sessions.',
      'Connectez-vous avec votre mot de passe, puis inscrivez un nouveau facteur.',
    ],
    notes: ['Si vous n’avez rien demandé, changez votre mot de passe et écrivez-nous.'],
  }),
};
