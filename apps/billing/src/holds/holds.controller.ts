import { Controller } from '@nestjs/common';
import {
  extendHold,
  type ExtendHoldRequest,
  type HoldResponse,
  type HoldSourceRequest,
  postHold,
  type PostHoldRequest,
  releaseHold,
  takeHold,
  type TakeHoldRequest,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { HoldsService } from './holds.service';

@Controller()
export class HoldsController {
  constructor(private readonly holds: HoldsService) {}

  @Handles(takeHold)
  take(request: TakeHoldRequest): Promise<HoldResponse> {
    return this.holds.take(request);
  }

  @Handles(extendHold)
  extend(request: ExtendHoldRequest): Promise<HoldResponse> {
    return this.holds.extend(request);
  }

  @Handles(postHold)
  post(request: PostHoldRequest): Promise<HoldResponse> {
    return this.holds.post(request);
  }

  @Handles(releaseHold)
  release({ source }: HoldSourceRequest): Promise<HoldResponse> {
    return this.holds.release(source);
  }
}
