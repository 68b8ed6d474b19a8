import { Controller, Inject } from '@nestjs/common';
import {
  Nothing,
  type PasskeyOptionsResponse,
  stepUp,
  stepUpPasskeyOptions,
  StepUpRequest,
  type StepUpResponse,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { StepUpService } from './step-up.service';

@Controller()
export class StepUpController {
  constructor(@Inject(StepUpService) private readonly stepUps: StepUpService) {}

  @Handles(stepUp)
  stepUp(request: StepUpRequest): Promise<StepUpResponse> {
    return this.stepUps.stepUp(request);
  }

  @Handles(stepUpPasskeyOptions)
  passkeyOptions(_request: Nothing): Promise<PasskeyOptionsResponse> {
    return this.stepUps.passkeyOptions();
  }
}
