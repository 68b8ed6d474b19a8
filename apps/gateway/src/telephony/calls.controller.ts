import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  CallDetail,
  CallIdRequest,
  CallPage,
  CallTranscript,
  getCall,
  getTranscript,
  listCalls,
  ListCallsRequest,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Answers, Requires } from '../edge/decorators';

@Controller('v1/calls')
@ApiTags('calls')
export class CallsController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get()
  @Requires('calls:read')
  @Answers('Calls, newest first', CallPage)
  list(@Query() query: ListCallsRequest): Promise<string> {
    return this.rpc.forward(listCalls, query);
  }

  @Get(':id')
  @Requires('calls:read')
  @Answers('A call with its transcript, recordings and timeline', CallDetail, {
    errors: { 404: 'CALL_NOT_FOUND' },
  })
  get(@Param() params: CallIdRequest): Promise<string> {
    return this.rpc.forward(getCall, params);
  }

  @Get(':id/transcript')
  @Requires('calls:read')
  @Answers('What was said; so far, while the call is alive', CallTranscript, {
    errors: { 404: 'CALL_NOT_FOUND' },
  })
  transcript(@Param() params: CallIdRequest): Promise<string> {
    return this.rpc.forward(getTranscript, params);
  }
}
