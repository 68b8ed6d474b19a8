export { verifyAuditTrail } from './audit/verify-audit-trail';
export { identity } from './service';
