import { NotFound } from '@parley/contracts';

export class CallNotFound extends NotFound {
  constructor() {
    super('No such call', 'CALL_NOT_FOUND');
  }
}
