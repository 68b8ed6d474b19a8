import { NotFound } from '@parley/contracts';

export class UnknownProviderKey extends NotFound {
  constructor() {
    super('You have no key of this provider');
  }
}
