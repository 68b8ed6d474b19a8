import { Inject, Injectable } from '@nestjs/common';
import type { SocialProviderName } from '@parley/contracts';
import { Database } from '@parley/persistence';

/** What a browser's way to a provider and back is tied to. */
interface Bound {
  id: string;
  provider: SocialProviderName;
  /** Who links; null for a sign-in. */
  userId: string | null;
  redirectUri: string;
  codeChallenge: string | null;
}

export interface FlowState extends Bound {
  secretsEnc: Buffer;
}

export interface Ticket extends Bound {
  profileEnc: Buffer;
}

interface Span {
  createdAt: Date;
  expiresAt: Date;
}

const BOUND =
  'id, provider, user_id AS "userId", redirect_uri AS "redirectUri", code_challenge AS "codeChallenge"';

/** Only the system scope sees these tables. */
@Injectable()
export class SocialFlowRepository {
  constructor(@Inject(Database) private readonly db: Database) {}

  async addState(state: FlowState & Span & { stateHash: Buffer; browserHash: Buffer }): Promise<void> {
    await this.db.execute(
      `INSERT INTO oauth_states (id, provider, state_hash, browser_hash, user_id, redirect_uri, code_challenge,
         secrets_enc, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        state.id,
        state.provider,
        state.stateHash,
        state.browserHash,
        state.userId,
        state.redirectUri,
        state.codeChallenge,
        state.secretsEnc,
        state.createdAt,
        state.expiresAt,
      ],
    );
  }

  /** Uses the state up: of many callbacks at once one gets it. Another provider or browser does not. */
  async consumeState(
    stateHash: Buffer,
    provider: SocialProviderName,
    browserHash: Buffer,
    at: Date,
  ): Promise<FlowState | undefined> {
    const [row] = await this.db.query<FlowState>(
      `UPDATE oauth_states SET consumed_at = $4
       WHERE state_hash = $1 AND provider = $2 AND browser_hash = $3 AND consumed_at IS NULL AND expires_at > $4
       RETURNING ${BOUND}, secrets_enc AS "secretsEnc"`,
      [stateHash, provider, browserHash, at],
    );
    return row;
  }

  async addTicket(ticket: Ticket & Span & { ticketHash: Buffer }): Promise<void> {
    await this.db.execute(
      `INSERT INTO oauth_tickets (id, provider, ticket_hash, user_id, redirect_uri, code_challenge, profile_enc,
         created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        ticket.id,
        ticket.provider,
        ticket.ticketHash,
        ticket.userId,
        ticket.redirectUri,
        ticket.codeChallenge,
        ticket.profileEnc,
        ticket.createdAt,
        ticket.expiresAt,
      ],
    );
  }

  /** Uses the ticket up, whoever presents it: a wrong presenter leaves nothing to try again with. */
  async consumeTicket(ticketHash: Buffer, at: Date): Promise<Ticket | undefined> {
    const [row] = await this.db.query<Ticket>(
      `UPDATE oauth_tickets SET consumed_at = $2
       WHERE ticket_hash = $1 AND consumed_at IS NULL AND expires_at > $2
       RETURNING ${BOUND}, profile_enc AS "profileEnc"`,
      [ticketHash, at],
    );
    return row;
  }

  /** False when this ID token came in before. */
  async useToken(tokenHash: Buffer, expiresAt: Date): Promise<boolean> {
    const added = await this.db.execute(
      'INSERT INTO oauth_used_tokens (token_hash, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      [tokenHash, expiresAt],
    );
    return added === 1;
  }

  async prune(expiredBefore: Date): Promise<void> {
    for (const table of ['oauth_states', 'oauth_tickets', 'oauth_used_tokens']) {
      await this.db.execute(`DELETE FROM ${table} WHERE expires_at < $1`, [expiredBefore]);
    }
  }
}
