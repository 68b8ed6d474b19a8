import { Injectable } from '@nestjs/common';
import {
  type CallBillingFacts,
  callBillingFacts,
  type CallBillingFactsPage,
  type CallBillingFactsRequest,
  currentCaller,
  runAs,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import type { UsageReport } from '../usage/usage';
import { usageOfCall } from '../usage/usage';

/** Calls as the service that owns them knows them. Asked by jobs only: nobody waits. */
@Injectable()
export class TelephonyFacts {
  constructor(private readonly rpc: RpcClient) {}

  page(request: CallBillingFactsRequest): Promise<CallBillingFactsPage> {
    const asPlatform = { ...currentCaller(), roles: ['super_admin'] as const };
    return runAs(asPlatform, () => this.rpc.call(callBillingFacts, request));
  }
}

/** The report its events would have made. */
export const reportOf = (facts: CallBillingFacts): UsageReport => ({
  ...usageOfCall(facts),
  version: facts.version,
});
