import { Bool, Int, Json, ListOf, Nested, Text, Texts, Uuid } from '../fields';
import { defineOperation, Nothing } from '../rpc';

/** A sales personality a person talks to: built in, or the tenant's own. Texts are in the caller's language. */
export class Persona {
  @Uuid() id: string;
  @Text({ max: 60, example: 'closer' }) slug: string;
  @Text({ max: 120, example: 'Closer' }) name: string;
  @Text({ max: 2000, example: 'Asks for the sale, kindly and often.' }) description: string;
  @Texts({ description: 'What it is good at' }) specialty: string[];
  @Json({ description: 'How it speaks: tone, traits' }) style: Record<string, unknown>;
  @Text({ max: 60, nullable: true }) icon: string | null;
  @Bool({ description: 'Whether it comes with the platform' }) builtIn: boolean;
}

export class PersonaList {
  @ListOf(() => Persona) data: Persona[];
}

export class PersonaIdRequest {
  @Text({ max: 60, description: 'Id or slug', example: 'closer' }) id: string;
}

/** At least a goal or a context. */
export class RecommendPersonasRequest {
  @Text({ optional: true, max: 2000, example: 'Overcome price objections and close the deal' })
  goal?: string;

  @Text({
    optional: true,
    max: 4000,
    description: 'What is known about the situation',
    example: 'A dentist who wrote back twice',
  })
  context?: string;

  @Uuid({ optional: true, description: 'The procedure it is about; speaks for product knowledge' })
  procedureId?: string;
}

export class PersonaRecommendation {
  @Nested(() => Persona) persona: Persona;
  @Int({ min: 1 }) rank: number;
  @Int({ min: 0, max: 100, description: 'Share of all points given, in percent' }) score: number;
  @Text({ max: 500, example: 'Asks for a decision' }) reason: string;
  @Texts({ description: 'Words of the goal that spoke for this persona' }) matched: string[];
}

export class PersonaRecommendations {
  @ListOf(() => PersonaRecommendation, { description: 'Best first' }) data: PersonaRecommendation[];
}

export const listPersonas = defineOperation({
  name: 'agents.personas.list',
  service: 'ai-agents',
  request: Nothing,
  response: PersonaList,
});

export const getPersona = defineOperation({
  name: 'agents.persona.get',
  service: 'ai-agents',
  request: PersonaIdRequest,
  response: Persona,
});

export const recommendPersonas = defineOperation({
  name: 'agents.personas.recommend',
  service: 'ai-agents',
  request: RecommendPersonasRequest,
  response: PersonaRecommendations,
});
