import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  DEAD_LETTER_STATUSES,
  DeadLetter,
  deadLetterOperations,
  DeadLetterPage,
  Json,
  OneOf,
  PageRequest,
  SERVICES,
  type ServiceName,
  Uuid,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited } from '../audit/audited';
import { Answers, Requires } from '../edge/decorators';

const KEEPERS = SERVICES.filter((service) => service !== 'gateway');

class DeadLetterQuery extends PageRequest {
  @OneOf(KEEPERS, { description: 'Each service keeps its own' }) service: ServiceName;
  @OneOf(DEAD_LETTER_STATUSES, { optional: true }) status?: (typeof DEAD_LETTER_STATUSES)[number];
}

class DeadLetterPath {
  @OneOf(KEEPERS) service: ServiceName;
  @Uuid() id: string;
}

class ReplayBody {
  @Json({ optional: true, description: 'Corrected payload' }) payload?: Record<string, unknown>;
}

/** Messages that a service gave up on. */
@Controller('v1/admin/dead-letters')
@ApiTags('operations')
export class DeadLettersController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get()
  @Requires('dead-letters:read')
  @Answers('Dead letters of one service, newest first', DeadLetterPage)
  list(@Query() { service, ...page }: DeadLetterQuery): Promise<string> {
    return this.rpc.forward(deadLetterOperations(service).list, page);
  }

  @Post(':service/:id/requeue')
  @Requires('dead-letters:write')
  @Audited('dead-letter.requeued')
  @Answers('Handle it again, with a corrected payload if given', DeadLetter, { errors: { 404: 'NOT_FOUND' } })
  replay(@Param() { service, id }: DeadLetterPath, @Body() body: ReplayBody): Promise<string> {
    return this.rpc.forward(deadLetterOperations(service).replay, { id, ...body });
  }

  @Post(':service/:id/discard')
  @Requires('dead-letters:write')
  @Audited('dead-letter.discarded')
  @Answers('Give it up for good', DeadLetter, { errors: { 404: 'NOT_FOUND' } })
  discard(@Param() { service, id }: DeadLetterPath): Promise<string> {
    return this.rpc.forward(deadLetterOperations(service).discard, { id });
  }
}
