import { type FieldFault, Invalid, NotFound } from '@parley/contracts';

export class PlanUnknown extends NotFound {
  constructor(code: string) {
    super(`There is no plan ${code}`);
  }
}

export class PackUnknown extends NotFound {
  constructor(code: string) {
    super(`There is no pack ${code}`);
  }
}

export class EditRefused extends Invalid {
  constructor(fault: FieldFault) {
    super(`Invalid input: ${fault.field}`, [fault]);
  }
}
