import { Controller, Inject } from '@nestjs/common';
import {
  type ConsentRecord,
  type ConsentsResponse,
  listConsents,
  Nothing,
  putConsent,
  PutConsentRequest,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { ConsentService } from './consent.service';

@Controller()
export class ConsentController {
  constructor(@Inject(ConsentService) private readonly consents: ConsentService) {}

  @Handles(listConsents)
  list(_request: Nothing): Promise<ConsentsResponse> {
    return this.consents.list();
  }

  @Handles(putConsent)
  put(request: PutConsentRequest): Promise<ConsentRecord> {
    return this.consents.put(request);
  }
}
