import { Controller, Inject } from '@nestjs/common';
import {
  cancelPrivacyRequest,
  CertificateTokenRequest,
  createPrivacyRequest,
  CreatePrivacyRequest,
  type ErasureCertificate,
  getErasureCertificate,
  getErasureCertificateByToken,
  getPrivacyArchive,
  getPrivacyRequest,
  listPrivacyRequests,
  type Page,
  PageRequest,
  type PrivacyArchive,
  PrivacyRequestId,
  type PrivacyRequestResponse,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { PrivacyRequests } from './privacy-requests.service';

@Controller()
export class PrivacyController {
  constructor(@Inject(PrivacyRequests) private readonly requests: PrivacyRequests) {}

  @Handles(createPrivacyRequest)
  create(request: CreatePrivacyRequest): Promise<PrivacyRequestResponse> {
    return this.requests.create(request);
  }

  @Handles(listPrivacyRequests)
  list(request: PageRequest): Promise<Page<PrivacyRequestResponse>> {
    return this.requests.list(request);
  }

  @Handles(getPrivacyRequest)
  get({ id }: PrivacyRequestId): Promise<PrivacyRequestResponse> {
    return this.requests.get(id);
  }

  @Handles(cancelPrivacyRequest)
  cancel({ id }: PrivacyRequestId): Promise<PrivacyRequestResponse> {
    return this.requests.cancel(id);
  }

  @Handles(getPrivacyArchive)
  archive({ id }: PrivacyRequestId): Promise<PrivacyArchive> {
    return this.requests.archive(id);
  }

  @Handles(getErasureCertificate)
  certificate({ id }: PrivacyRequestId): Promise<ErasureCertificate> {
    return this.requests.certificate(id);
  }

  @Handles(getErasureCertificateByToken)
  certificateByToken({ token }: CertificateTokenRequest): Promise<ErasureCertificate> {
    return this.requests.certificateByToken(token);
  }
}
