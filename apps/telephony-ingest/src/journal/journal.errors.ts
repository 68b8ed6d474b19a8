import { NotFound } from '@parley/contracts';

export class JournalEntryNotFound extends NotFound {
  constructor() {
    super('No such journal entry');
  }
}
