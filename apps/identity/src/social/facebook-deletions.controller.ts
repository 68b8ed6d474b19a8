import { Controller, Inject } from '@nestjs/common';
import {
  deleteFacebookData,
  type FacebookDeletion,
  type FacebookDeletionAnswer,
  type FacebookDeletionPath,
  type FacebookDeletionRequest,
  getFacebookDeletion,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { FacebookDeletions } from './facebook-deletions.service';

@Controller()
export class FacebookDeletionsController {
  constructor(@Inject(FacebookDeletions) private readonly deletions: FacebookDeletions) {}

  @Handles(deleteFacebookData)
  delete({ signedRequest }: FacebookDeletionRequest): Promise<FacebookDeletionAnswer> {
    return this.deletions.delete(signedRequest);
  }

  @Handles(getFacebookDeletion)
  find({ code }: FacebookDeletionPath): Promise<FacebookDeletion> {
    return this.deletions.find(code);
  }
}
