import { Controller, Inject } from '@nestjs/common';
import {
  type CallDetail,
  type CallIdRequest,
  type CallPage,
  type CallTranscript,
  getCall,
  getTranscript,
  listCalls,
  type ListCallsRequest,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { CallReadModel } from './call.read-model';

@Controller()
export class CallsController {
  constructor(@Inject(CallReadModel) private readonly calls: CallReadModel) {}

  @Handles(listCalls)
  list(request: ListCallsRequest): Promise<CallPage> {
    return this.calls.list(request);
  }

  @Handles(getCall)
  get({ id }: CallIdRequest): Promise<CallDetail> {
    return this.calls.get(id);
  }

  @Handles(getTranscript)
  transcript({ id }: CallIdRequest): Promise<CallTranscript> {
    return this.calls.getTranscript(id);
  }
}
