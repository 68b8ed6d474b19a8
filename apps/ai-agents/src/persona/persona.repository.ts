import { isUuid } from '@parley/contracts';
import { Injectable } from '@nestjs/common';
import { Database } from '@parley/persistence';
import type { PersonaRecord } from './persona';

export const PERSONA_COLUMNS = `p.id, p.tenant_id AS "tenantId", p.slug, p.name, p.specialty, p.description, p.style,
  p.keywords, p.translations, p.system_prompt AS "systemPrompt", p.icon`;

/** The catalogue of the open transaction's tenant: its own personas and the built-in ones. */
@Injectable()
export class PersonaRepository {
  constructor(private readonly database: Database) {}

  list(): Promise<PersonaRecord[]> {
    return this.database.query<PersonaRecord>(
      `SELECT ${PERSONA_COLUMNS} FROM personas p WHERE p.is_active ORDER BY p.tenant_id NULLS FIRST, p.sort, p.slug`,
    );
  }

  /** A slug of the tenant's own hides the built-in one. */
  async find(idOrSlug: string): Promise<PersonaRecord | undefined> {
    const column = isUuid(idOrSlug) ? 'id' : 'slug';
    const [persona] = await this.database.query<PersonaRecord>(
      `SELECT ${PERSONA_COLUMNS} FROM personas p WHERE p.is_active AND p.${column} = $1
       ORDER BY p.tenant_id NULLS LAST LIMIT 1`,
      [isUuid(idOrSlug) ? idOrSlug : idOrSlug.toLowerCase()],
    );
    return persona;
  }
}
