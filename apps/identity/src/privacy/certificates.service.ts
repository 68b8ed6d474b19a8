import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@parley/platform';
import { CompactSign } from 'jose';
import type { IdentityConfig } from '../config';
import { SigningKeys } from '../keys/signing-keys.service';
import type { PrivacyRequest, Receipt } from './privacy-request';

/** Not the type of access tokens, so that a certificate opens nothing. */
const CERTIFICATE_TYPE = 'parley-erasure+jws';

/**
 * Says what an erasure removed, signed. Signed anew each time it is asked for, with the key of the day: a
 * certificate can be had that verifies against the published keys however often they were rotated since.
 */
@Injectable()
export class Certificates {
  constructor(
    @Inject(CONFIG) private readonly config: IdentityConfig,
    @Inject(SigningKeys) private readonly keys: SigningKeys,
  ) {}

  /** Call outside a transaction. */
  async sign(request: PrivacyRequest): Promise<string> {
    const { kid, privateKey } = await this.keys.active();
    return new CompactSign(Buffer.from(JSON.stringify(factsOf(request, this.config.JWT_ISSUER))))
      .setProtectedHeader({ alg: 'RS256', kid, typ: CERTIFICATE_TYPE })
      .sign(privateKey);
  }
}

function factsOf(request: PrivacyRequest, issuer: string): object {
  const { id, scope, tenantId, wholeTenantIds, receipts } = request;
  return {
    iss: issuer,
    jti: id,
    iat: Math.floor(Date.now() / 1000),
    kind: 'erasure',
    scope,
    tenantId,
    tenantsErasedWhole: wholeTenantIds,
    requestedAt: request.requestedAt.toISOString(),
    startedAt: request.startedAt?.toISOString(),
    completedAt: request.completedAt?.toISOString(),
    stores: Object.fromEntries(
      Object.entries(receipts).map(([service, receipt]) => [
        service,
        { erased: receipt.counts, finishedAt: receipt.finishedAt, sha256: digestOf(service, receipt) },
      ]),
    ),
    kept: 'ledger entries, usage and audited acts, without names, addresses, phones or contents',
  };
}

const digestOf = (service: string, { counts, finishedAt }: Receipt): string =>
  createHash('sha256')
    .update(JSON.stringify([service, Object.entries(counts).sort(), finishedAt]))
    .digest('hex');
