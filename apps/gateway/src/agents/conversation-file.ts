import {
  Conversation,
  type ConversationExport,
  ConversationMessage,
  ListOf,
  Nested,
} from '@parley/contracts';
import type { FastifyReply } from 'fastify';

/** The export in its `json` format; the others are text. */
export class ConversationFile {
  @Nested(() => Conversation) conversation: Conversation;
  @ListOf(() => ConversationMessage) messages: ConversationMessage[];
}

/** Sets the headers of a download and gives its body. */
export function sendAsFile(
  reply: FastifyReply,
  { fileName, contentType, content }: ConversationExport,
): string {
  void reply.type(contentType).header('content-disposition', `attachment; filename="${fileName}"`);
  return content;
}
