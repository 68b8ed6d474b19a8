import { Body, Controller, Get, Inject, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  addPhoneNumber,
  AddPhoneNumberRequest,
  listPhoneNumbers,
  PhoneNumber,
  PhoneNumberList,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited } from '../audit/audited';
import { Answers, Requires } from '../edge/decorators';
import { Idempotent } from '../idempotency/idempotent.decorator';

@Controller('v1/phone-numbers')
@ApiTags('phone-numbers')
export class PhoneNumbersController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get()
  @Requires('numbers:read')
  @Answers('Phone numbers of the tenant', PhoneNumberList)
  list(): Promise<string> {
    return this.rpc.forward(listPhoneNumbers, {});
  }

  @Post()
  @Idempotent()
  @Requires('numbers:write')
  @Audited('phone-number.added')
  @Answers('Add a phone number with its routing', PhoneNumber, {
    status: 201,
    errors: { 409: 'DUPLICATE: the number is in use already' },
  })
  add(@Body() body: AddPhoneNumberRequest): Promise<string> {
    return this.rpc.forward(addPhoneNumber, body);
  }
}
