import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '@parley/messaging';
import { CONFIG } from '@parley/platform';
import type { IdentityConfig } from '../config';
import { KeyRotation } from './key-rotation.service';

/** Nobody has to remember the age of a key. */
@Injectable()
export class KeyRotationJob implements OnModuleInit {
  constructor(
    @Inject(CONFIG) private readonly config: IdentityConfig,
    @Inject(Jobs) private readonly jobs: Jobs,
    @Inject(KeyRotation) private readonly rotation: KeyRotation,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('identity.key-rotation', '27 * * * *', async () => {
      await this.rotation.step(this.config.SIGNING_KEY_DAYS);
    });
  }
}
