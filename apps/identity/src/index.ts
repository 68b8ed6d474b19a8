export { verifyAuditTrail } from './audit/verify-audit-trail';
export { rotateSigningKey, rotationReport } from './keys/rotate-signing-key';
export { identity } from './service';
