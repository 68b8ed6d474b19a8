import { CreditsController } from './credits.controller';

export const BILLING_CONTROLLERS = [CreditsController];
