import { Controller, Inject } from '@nestjs/common';
import { register, RegisterRequest, RegisterResponse } from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { RegistrationService } from './registration.service';

@Controller()
export class RegistrationController {
  constructor(@Inject(RegistrationService) private readonly registrations: RegistrationService) {}

  @Handles(register)
  register(request: RegisterRequest): Promise<RegisterResponse> {
    return this.registrations.register(request);
  }
}
