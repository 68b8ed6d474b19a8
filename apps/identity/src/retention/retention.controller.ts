import { Controller, Inject } from '@nestjs/common';
import {
  getRetention,
  Nothing,
  putRetention,
  PutRetentionRequest,
  RetentionResponse,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { RetentionService } from './retention.service';

@Controller()
export class RetentionController {
  constructor(@Inject(RetentionService) private readonly retention: RetentionService) {}

  @Handles(getRetention)
  get(_request: Nothing): Promise<RetentionResponse> {
    return this.retention.get();
  }

  @Handles(putRetention)
  put(request: PutRetentionRequest): Promise<RetentionResponse> {
    return this.retention.put(request);
  }
}
