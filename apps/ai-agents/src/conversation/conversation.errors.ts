import { Conflict, Forbidden, NotFound, RateLimited } from '@parley/contracts';

/** Also for conversations of other people and other tenants. */
export class ConversationNotFound extends NotFound {
  constructor(id: string) {
    super(`No conversation ${id}`);
  }
}

export class MessageNotFound extends NotFound {
  constructor(id: string) {
    super(`No message ${id}`);
  }
}

export class AnswerRunning extends Conflict {
  constructor(conversationId: string) {
    super('The last message is still being answered', 'STATE_CONFLICT', { conversationId });
  }
}

export class TooManyMessages extends RateLimited {
  constructor(limit: number, retryAfterSeconds: number) {
    super(`At most ${limit} messages per minute`, retryAfterSeconds);
  }
}

/** Conversations belong to a person; a key of the tenant has none. */
export class NotAPerson extends Forbidden {
  constructor() {
    super('Conversations belong to a person: sign in as one');
  }
}
