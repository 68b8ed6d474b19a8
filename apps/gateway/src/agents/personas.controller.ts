import { Body, Controller, Get, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  getPersona,
  listPersonas,
  Nothing,
  Persona,
  PersonaIdRequest,
  PersonaList,
  PersonaRecommendations,
  recommendPersonas,
  RecommendPersonasRequest,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Unaudited } from '../audit/audited';
import { Answers, Requires } from '../edge/decorators';

@Controller('v1/personas')
@ApiTags('personas')
export class PersonasController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get()
  @Requires('personas:read')
  @Answers("The built-in personas and the tenant's own", PersonaList)
  list(): Promise<string> {
    return this.rpc.forward(listPersonas, new Nothing());
  }

  @Post('recommendations')
  @Requires('personas:read')
  @Unaudited('changes nothing')
  @Answers('Personas for a goal, best first', PersonaRecommendations)
  recommend(@Body() body: RecommendPersonasRequest): Promise<string> {
    return this.rpc.forward(recommendPersonas, body);
  }

  @Get(':id')
  @Requires('personas:read')
  @Answers('One persona, by id or slug', Persona, { errors: { 404: 'AGENT_NOT_FOUND' } })
  get(@Param() params: PersonaIdRequest): Promise<string> {
    return this.rpc.forward(getPersona, params);
  }
}
