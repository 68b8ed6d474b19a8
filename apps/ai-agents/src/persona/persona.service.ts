import { Injectable } from '@nestjs/common';
import {
  currentCaller,
  Invalid,
  type Persona,
  type PersonaList,
  type PersonaRecommendations,
  type RecommendPersonasRequest,
} from '@parley/contracts';
import { Database } from '@parley/persistence';
import { type PersonaRecord, toPersona } from './persona';
import { PersonaNotFound } from './persona.errors';
import { PersonaRepository } from './persona.repository';
import { reasonFor, recommend } from './recommendation';

@Injectable()
export class PersonaService {
  constructor(
    private readonly database: Database,
    private readonly personas: PersonaRepository,
  ) {}

  async list(): Promise<PersonaList> {
    const { locale } = currentCaller();
    const personas = await this.database.tenant(() => this.personas.list());
    return { data: personas.map((persona) => toPersona(persona, locale)) };
  }

  async get(idOrSlug: string): Promise<Persona> {
    return toPersona(await this.require(idOrSlug), currentCaller().locale);
  }

  /** @throws PersonaNotFound also for the personas of other tenants */
  async require(idOrSlug: string): Promise<PersonaRecord> {
    const persona = await this.database.tenant(() => this.personas.find(idOrSlug));
    if (!persona) throw new PersonaNotFound(idOrSlug);
    return persona;
  }

  async recommend({ goal, context, procedureId }: RecommendPersonasRequest): Promise<PersonaRecommendations> {
    if (!goal && !context) {
      throw new Invalid('Invalid input: goal', [{ field: 'goal', message: 'a goal or a context is needed' }]);
    }
    const { locale } = currentCaller();
    const personas = await this.database.tenant(() => this.personas.list());
    const ranked = recommend(personas, `${goal ?? ''}\n${context ?? ''}`, procedureId !== undefined);
    return {
      data: ranked.map((recommended, index) => ({
        persona: toPersona(recommended.persona, locale),
        rank: index + 1,
        score: recommended.score,
        reason: reasonFor(recommended, locale),
        matched: recommended.matched,
      })),
    };
  }
}
