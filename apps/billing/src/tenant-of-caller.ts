import { currentCaller, Invalid } from '@parley/contracts';

export function tenantOfCaller(): string {
  const { tenantId } = currentCaller();
  if (!tenantId) throw new Invalid('Choose a tenant first: billing belongs to one');
  return tenantId;
}
