import { NotFound } from '@parley/contracts';

export class PersonaNotFound extends NotFound {
  constructor(idOrSlug: string) {
    super(`No persona ${idOrSlug}`, 'AGENT_NOT_FOUND');
  }
}
