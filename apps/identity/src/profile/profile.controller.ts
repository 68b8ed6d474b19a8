import { Controller, Inject } from '@nestjs/common';
import { MeResponse, updateMe, UpdateMeRequest } from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { ProfileService } from './profile.service';

@Controller()
export class ProfileController {
  constructor(@Inject(ProfileService) private readonly profiles: ProfileService) {}

  @Handles(updateMe)
  update(request: UpdateMeRequest): Promise<MeResponse> {
    return this.profiles.update(request);
  }
}
