import { Controller, Inject } from '@nestjs/common';
import {
  getTenant,
  getUser,
  ListedTenant,
  ListedTenantPage,
  ListedUser,
  ListedUserPage,
  listTenants,
  ListTenantsRequest,
  listUsers,
  ListUsersRequest,
  reactivateTenant,
  reactivateUser,
  SubjectIdRequest,
  SuspendRequest,
  suspendTenant,
  suspendUser,
  TenantDetails,
  updateListedTenant,
  UpdateListedTenantRequest,
  updateUser,
  UpdateUserRequest,
  UserDetails,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { DirectoryService } from './directory.service';
import { SuspensionService } from './suspension.service';

@Controller()
export class DirectoryController {
  constructor(
    @Inject(DirectoryService) private readonly directory: DirectoryService,
    @Inject(SuspensionService) private readonly suspensions: SuspensionService,
  ) {}

  @Handles(listTenants)
  tenants(request: ListTenantsRequest): Promise<ListedTenantPage> {
    return this.directory.tenants(request);
  }

  @Handles(getTenant)
  tenant({ id }: SubjectIdRequest): Promise<TenantDetails> {
    return this.directory.tenant(id);
  }

  @Handles(updateListedTenant)
  updateTenant(request: UpdateListedTenantRequest): Promise<TenantDetails> {
    return this.directory.updateTenant(request);
  }

  @Handles(getUser)
  user({ id }: SubjectIdRequest): Promise<UserDetails> {
    return this.directory.user(id);
  }

  @Handles(updateUser)
  updateUser(request: UpdateUserRequest): Promise<ListedUser> {
    return this.suspensions.updateUser(request);
  }

  @Handles(suspendTenant)
  suspendTenant(request: SuspendRequest): Promise<ListedTenant> {
    return this.suspensions.suspendTenant(request);
  }

  @Handles(reactivateTenant)
  reactivateTenant({ id }: SubjectIdRequest): Promise<ListedTenant> {
    return this.suspensions.reactivateTenant(id);
  }

  @Handles(listUsers)
  users(request: ListUsersRequest): Promise<ListedUserPage> {
    return this.directory.users(request);
  }

  @Handles(suspendUser)
  suspendUser(request: SuspendRequest): Promise<ListedUser> {
    return this.suspensions.suspendUser(request);
  }

  @Handles(reactivateUser)
  reactivateUser({ id }: SubjectIdRequest): Promise<ListedUser> {
    return this.suspensions.reactivateUser(id);
  }
}
