import { AccountClaim } from './account-claim.service';
import { FacebookDeletionsController } from './facebook-deletions.controller';
import { FacebookDeletions } from './facebook-deletions.service';
import { FreshSession } from './fresh-session.service';
import { SocialAccountRepository } from './social-account.repository';
import { SocialAccountsController } from './social-accounts.controller';
import { SocialAccounts } from './social-accounts.service';
import { SocialFlowRepository } from './social-flow.repository';
import { SocialFlow } from './social-flow.service';
import { SocialProofs } from './social-proofs.service';
import { SocialProviders } from './social-providers';
import { SocialSignIn } from './social-sign-in.service';
import { SocialController } from './social.controller';

export const SOCIAL_CONTROLLERS = [SocialController, SocialAccountsController, FacebookDeletionsController];

export const SOCIAL_SERVICES = [
  AccountClaim,
  FacebookDeletions,
  FreshSession,
  SocialAccountRepository,
  SocialAccounts,
  SocialFlow,
  SocialFlowRepository,
  SocialProofs,
  SocialProviders,
  SocialSignIn,
];
