import { Conflict } from '@parley/contracts';

export class NumberTaken extends Conflict {
  constructor() {
    super('This number is in use already', 'DUPLICATE', [{ field: 'e164', message: 'is in use already' }]);
  }
}
