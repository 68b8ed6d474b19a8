import { Controller, Inject } from '@nestjs/common';
import {
  getOnboarding,
  getOwnOnboarding,
  listOnboardings,
  ListOnboardingsRequest,
  Nothing,
  OnboardingIdRequest,
  OnboardingRun,
  OnboardingRunPage,
  OwnOnboarding,
  startOnboarding,
  StartOnboardingRequest,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { OwnOnboardingService } from './own-onboarding.service';
import { QuickOnboarding } from './quick-onboarding.service';

@Controller()
export class OnboardingController {
  constructor(
    @Inject(QuickOnboarding) private readonly quick: QuickOnboarding,
    @Inject(OwnOnboardingService) private readonly own: OwnOnboardingService,
  ) {}

  @Handles(startOnboarding)
  start(request: StartOnboardingRequest): Promise<OnboardingRun> {
    return this.quick.start(request);
  }

  @Handles(getOnboarding)
  get({ id }: OnboardingIdRequest): Promise<OnboardingRun> {
    return this.quick.get(id);
  }

  @Handles(listOnboardings)
  list(request: ListOnboardingsRequest): Promise<OnboardingRunPage> {
    return this.quick.list(request);
  }

  @Handles(getOwnOnboarding)
  getOwn(_request: Nothing): Promise<OwnOnboarding> {
    return this.own.get();
  }
}
