import { Email, Text, Uuid } from '../fields';
import { defineOperation } from '../rpc';

export class SeedDemoRequest {
  @Text({ min: 10, max: 128, description: 'Password of both demo accounts' }) password: string;
}

export class SeedDemoResponse {
  @Uuid() tenantId: string;
  @Text({ max: 64 }) tenantSlug: string;
  @Email() ownerEmail: string;
  @Email({ description: 'Platform super admin' }) adminEmail: string;
}

/** Makes the demo tenant and its accounts, or sets their password when they exist. Unknown in production. */
export const seedDemo = defineOperation({
  name: 'identity.demo.seed',
  service: 'identity',
  request: SeedDemoRequest,
  response: SeedDemoResponse,
  timeoutMs: 15_000,
});
