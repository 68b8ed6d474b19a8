import { AccountClosing } from './account-closing.service';
import { ArchiveBuilder } from './archive-builder';
import { Certificates } from './certificates.service';
import { OwnedTenants } from './owned-tenants.repository';
import { PrivacyCompletion } from './privacy-completion.service';
import { PrivacyNews } from './privacy-news';
import { PrivacyController } from './privacy.controller';
import { PrivacyRequestRepository } from './privacy-request.repository';
import { PrivacyRequests } from './privacy-requests.service';
import { PrivacyRights } from './privacy-rights.repository';
import { PrivacySaga } from './privacy-saga.service';
import { RequesterContacts } from './requester-contacts';
import { PrivacyReceiptsConsumer } from './receipts.consumer';

export const PRIVACY_CONTROLLERS = [PrivacyController, PrivacyReceiptsConsumer];

export const PRIVACY_PROVIDERS = [
  AccountClosing,
  ArchiveBuilder,
  Certificates,
  OwnedTenants,
  PrivacyCompletion,
  PrivacyNews,
  PrivacyRequestRepository,
  PrivacyRequests,
  PrivacyRights,
  PrivacySaga,
  RequesterContacts,
];
