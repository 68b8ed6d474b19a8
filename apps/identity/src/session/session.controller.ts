import { Controller, Inject } from '@nestjs/common';
import {
  login,
  LoginRequest,
  logout,
  Nothing,
  refreshSession,
  RefreshSessionRequest,
  SessionResponse,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { LoginService } from './login.service';
import { SessionService } from './session.service';

@Controller()
export class SessionController {
  constructor(
    @Inject(LoginService) private readonly logins: LoginService,
    @Inject(SessionService) private readonly sessions: SessionService,
  ) {}

  @Handles(login)
  login(request: LoginRequest): Promise<SessionResponse> {
    return this.logins.login(request);
  }

  @Handles(refreshSession)
  refresh({ refreshToken }: RefreshSessionRequest): Promise<SessionResponse> {
    return this.sessions.refresh(refreshToken);
  }

  @Handles(logout)
  async logout(_request: Nothing): Promise<Nothing> {
    await this.sessions.logout();
    return {};
  }
}
