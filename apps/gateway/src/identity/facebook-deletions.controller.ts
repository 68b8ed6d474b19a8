import { Body, Controller, Get, Inject, Param, Post } from '@nestjs/common';
import { ApiConsumes, ApiTags } from '@nestjs/swagger';
import {
  deleteFacebookData,
  FacebookDeletion,
  FacebookDeletionAnswer,
  FacebookDeletionForm,
  FacebookDeletionPath,
  getFacebookDeletion,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Answers, Public } from '../edge/decorators';

/** Facebook's data-deletion callback: to be named in the app's settings there. */
@Controller('v1/auth/social/facebook/deletions')
@ApiTags('auth')
export class FacebookDeletionsController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Post()
  @Public()
  @ApiConsumes('application/x-www-form-urlencoded')
  @Answers('Facebook tells that a person wants what came from there deleted', FacebookDeletionAnswer, {
    errors: { 401: 'INVALID_TOKEN: not signed by Facebook', 422: 'PROVIDER_NOT_CONFIGURED' },
  })
  delete(@Body() { signed_request: signedRequest }: FacebookDeletionForm): Promise<string> {
    return this.rpc.forward(deleteFacebookData, { signedRequest });
  }

  @Get(':code')
  @Public()
  @Answers('What became of such a deletion', FacebookDeletion, { errors: { 404: 'NOT_FOUND' } })
  find(@Param() path: FacebookDeletionPath): Promise<string> {
    return this.rpc.forward(getFacebookDeletion, path);
  }
}
