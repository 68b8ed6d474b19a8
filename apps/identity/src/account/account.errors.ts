import { Conflict, Invalid } from '@parley/contracts';

export class EmailTaken extends Conflict {
  constructor() {
    super('This e-mail address has an account already', 'DUPLICATE');
  }
}

export class WeakPassword extends Invalid {
  constructor(fault: string, field = 'password') {
    super(`Invalid input: ${field}`, [{ field, message: fault }]);
  }
}
