import { Controller, Inject } from '@nestjs/common';
import {
  endOwnSession,
  endOwnSessions,
  EndOwnSessionsRequest,
  listOwnSessions,
  Nothing,
  type OwnSession,
  OwnSessionIdRequest,
  type Page,
  PageRequest,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { OwnSessionsService } from './own-sessions.service';

@Controller()
export class OwnSessionsController {
  constructor(@Inject(OwnSessionsService) private readonly sessions: OwnSessionsService) {}

  @Handles(listOwnSessions)
  list(request: PageRequest): Promise<Page<OwnSession>> {
    return this.sessions.list(request);
  }

  @Handles(endOwnSession)
  async end({ id }: OwnSessionIdRequest): Promise<Nothing> {
    await this.sessions.end(id);
    return {};
  }

  @Handles(endOwnSessions)
  async endAll(request: EndOwnSessionsRequest): Promise<Nothing> {
    await this.sessions.endAll(request);
    return {};
  }
}
