import { Controller } from '@nestjs/common';
import { type LedgerVerification, type Nothing, verifyLedger } from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { LedgerAuditService } from './ledger-audit.service';

@Controller()
export class LedgerController {
  constructor(private readonly audit: LedgerAuditService) {}

  @Handles(verifyLedger)
  verify(_request: Nothing): Promise<LedgerVerification> {
    return this.audit.verify();
  }
}
