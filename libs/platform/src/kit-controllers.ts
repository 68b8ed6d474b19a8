import { Controller, Inject, type Type } from '@nestjs/common';
import {
  type DeadLetter,
  DeadLetterIdRequest,
  deadLetterOperations,
  healthOperation,
  ListDeadLettersRequest,
  type Nothing,
  type Page,
  ReplayDeadLetterRequest,
  type ServiceHealth,
  type ServiceName,
} from '@parley/contracts';
import { DeadLetters, Handles, ParleyServer } from '@parley/messaging';
import { Health } from './health';

/** Every service tells how it is. */
export function healthController(service: ServiceName): Type {
  @Controller()
  class HealthController {
    constructor(@Inject(Health) private readonly health: Health) {}

    @Handles(healthOperation(service))
    get(_request: Nothing): Promise<ServiceHealth> {
      return this.health.report();
    }
  }
  return HealthController;
}

/** Every service that keeps data shows and replays its own dead letters. */
export function deadLetterController(service: ServiceName): Type {
  const operations = deadLetterOperations(service);

  @Controller()
  class DeadLetterController {
    constructor(
      @Inject(DeadLetters) private readonly letters: DeadLetters,
      @Inject(ParleyServer) private readonly server: ParleyServer,
    ) {}

    @Handles(operations.list)
    list(request: ListDeadLettersRequest): Promise<Page<DeadLetter>> {
      return this.letters.list(request);
    }

    @Handles(operations.replay)
    replay(request: ReplayDeadLetterRequest): Promise<DeadLetter> {
      return this.letters.replay(request, (envelope) => this.server.dispatcher.runHandlers(envelope));
    }

    @Handles(operations.discard)
    discard(request: DeadLetterIdRequest): Promise<DeadLetter> {
      return this.letters.discard(request);
    }
  }
  return DeadLetterController;
}
