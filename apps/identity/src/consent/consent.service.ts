import { Inject, Injectable } from '@nestjs/common';
import {
  consentChangedV1,
  type ConsentRecord,
  type ConsentsResponse,
  currentCaller,
  type PutConsentRequest,
} from '@parley/contracts';
import { Outbox } from '@parley/messaging';
import { Database } from '@parley/persistence';
import { actingInPerson } from '../session/acting-user';
import { type Consent, ConsentRepository } from './consent.repository';

const SCOPE = 'own consents';

@Injectable()
export class ConsentService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Outbox) private readonly outbox: Outbox,
    @Inject(ConsentRepository) private readonly consents: ConsentRepository,
  ) {}

  async list(): Promise<ConsentsResponse> {
    const { userId } = actingInPerson();
    return this.db.system(SCOPE, async () => ({
      data: (await this.consents.current(userId)).map(toRecord),
      history: (await this.consents.history(userId)).map(toRecord),
    }));
  }

  /** Nobody consents for somebody else. The same answer again is no new answer. */
  async put({ purpose, granted, version }: PutConsentRequest): Promise<ConsentRecord> {
    const { userId } = actingInPerson();
    const { ip, userAgent } = currentCaller();
    return this.db.system(SCOPE, async () => {
      await this.consents.lock(userId);
      const held = (await this.consents.current(userId)).find((consent) => consent.purpose === purpose);
      if (held && held.granted === granted && held.version === version) return toRecord(held);
      const consent: Consent = {
        purpose,
        granted,
        version,
        source: 'account',
        ip: ip ?? null,
        userAgent: userAgent ?? null,
        at: new Date(),
      };
      await this.consents.add(userId, consent);
      const at = consent.at.toISOString();
      await this.outbox.add(consentChangedV1, { userId, purpose, granted, version, at }, { subject: userId });
      return toRecord(consent);
    });
  }
}

const toRecord = ({ at, ...consent }: Consent): ConsentRecord => ({ ...consent, at: at.toISOString() });
