import { Controller, Inject } from '@nestjs/common';
import { seedDemo, SeedDemoRequest, SeedDemoResponse } from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { DemoService } from './demo.service';

@Controller()
export class DemoController {
  constructor(@Inject(DemoService) private readonly demo: DemoService) {}

  @Handles(seedDemo)
  seed({ password }: SeedDemoRequest): Promise<SeedDemoResponse> {
    return this.demo.seed(password);
  }
}
