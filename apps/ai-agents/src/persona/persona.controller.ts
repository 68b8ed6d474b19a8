import { Controller } from '@nestjs/common';
import {
  getPersona,
  listPersonas,
  type Nothing,
  type Persona,
  type PersonaIdRequest,
  type PersonaList,
  type PersonaRecommendations,
  recommendPersonas,
  type RecommendPersonasRequest,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { PersonaService } from './persona.service';

@Controller()
export class PersonaController {
  constructor(private readonly personas: PersonaService) {}

  @Handles(listPersonas)
  list(_request: Nothing): Promise<PersonaList> {
    return this.personas.list();
  }

  @Handles(getPersona)
  get({ id }: PersonaIdRequest): Promise<Persona> {
    return this.personas.get(id);
  }

  @Handles(recommendPersonas)
  recommend(request: RecommendPersonasRequest): Promise<PersonaRecommendations> {
    return this.personas.recommend(request);
  }
}
