import { Controller, Module } from '@nestjs/common';
import { defineOperation, Int, ListOf, Text, Uuid } from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { baseShape, defineService } from '@parley/platform';

/** About 300 bytes of JSON, as most requests are. */
export class EchoRequest {
  @Uuid() id: string;
  @Text({ max: 200 }) text: string;
  @Int({ min: 0 }) number: number;
  @ListOf(() => EchoItem, { max: 10 }) items: EchoItem[];
}

export class EchoItem {
  @Text({ max: 40 }) name: string;
  @Int({ min: 0 }) amount: number;
}

export const echo = defineOperation({
  name: 'bench.echo.ask',
  service: 'billing',
  request: EchoRequest,
  response: EchoRequest,
});

@Controller()
class EchoController {
  @Handles(echo)
  async ask(request: EchoRequest): Promise<EchoRequest> {
    return request;
  }
}

@Module({ controllers: [EchoController] })
class EchoModule {}

/** A service of the kit that does nothing but answer; it takes the name of one that does not run here. */
export const echoService = defineService({ name: 'billing', config: baseShape, module: EchoModule });
