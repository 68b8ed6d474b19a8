import type {
  Conversation,
  ConversationExport,
  ConversationMessage,
  ExportFormat,
  Locale,
} from '@parley/contracts';

const WORDS = {
  en: { you: 'You', untitled: 'Conversation', with: 'with', failed: 'not answered' },
  fr: { you: 'Vous', untitled: 'Conversation', with: 'avec', failed: 'sans réponse' },
} as const;

/** A conversation as a file to keep. */
export function exportOf(
  conversation: Conversation,
  messages: readonly ConversationMessage[],
  format: ExportFormat,
  locale: Locale,
): ConversationExport {
  const fileName = `${fileStem(conversation)}.${format}`;
  switch (format) {
    case 'json':
      return {
        fileName,
        contentType: 'application/json; charset=utf-8',
        content: JSON.stringify({ conversation, messages }, null, 2),
      };
    case 'md':
      return {
        fileName,
        contentType: 'text/markdown; charset=utf-8',
        content: asMarkdown(conversation, messages, locale),
      };
    case 'txt':
      return {
        fileName,
        contentType: 'text/plain; charset=utf-8',
        content: asText(conversation, messages, locale),
      };
  }
}

function asMarkdown(
  conversation: Conversation,
  messages: readonly ConversationMessage[],
  locale: Locale,
): string {
  const { title, persona, createdAt } = conversation;
  const words = WORDS[locale];
  const head = `# ${title ?? words.untitled}\n\n_${words.with} ${persona.name}, ${createdAt}_\n`;
  const parts = messages.map(
    (message) => `## ${speaker(message, persona.name, locale)}\n\n${said(message, locale)}\n`,
  );
  return [head, ...parts].join('\n');
}

function asText(
  conversation: Conversation,
  messages: readonly ConversationMessage[],
  locale: Locale,
): string {
  const { title, persona, createdAt } = conversation;
  const words = WORDS[locale];
  const head = `${title ?? words.untitled} (${words.with} ${persona.name}, ${createdAt})\n`;
  const parts = messages.map(
    (message) => `${speaker(message, persona.name, locale)}:\n${said(message, locale)}\n`,
  );
  return [head, ...parts].join('\n');
}

const speaker = ({ role, createdAt }: ConversationMessage, persona: string, locale: Locale): string =>
  `${role === 'user' ? WORDS[locale].you : persona} (${createdAt})`;

const said = ({ content, status }: ConversationMessage, locale: Locale): string =>
  status === 'failed' ? `${content}\n[${WORDS[locale].failed}]`.trim() : content;

/** Safe in a header and on every file system. */
function fileStem({ title, createdAt }: Conversation): string {
  const slug = (title ?? '')
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
  return ['conversation', createdAt.slice(0, 10), slug].filter(Boolean).join('-');
}
