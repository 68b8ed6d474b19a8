import { Body, Controller, Get, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import {
  cancelPrivacyRequest,
  CertificateTokenRequest,
  createPrivacyRequest,
  CreatePrivacyRequest,
  ErasureCertificate,
  getErasureCertificate,
  getErasureCertificateByToken,
  getPrivacyArchive,
  getPrivacyRequest,
  listPrivacyRequests,
  PageRequest,
  PrivacyRequestId,
  PrivacyRequestPage,
  PrivacyRequestResponse,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import type { FastifyReply } from 'fastify';
import { Audited, Unaudited } from '../audit/audited';
import { Answers, Limited, Public, Requires } from '../edge/decorators';
import { StepUp } from '../edge/step-up';
import { ArchiveDownloads, ArchiveFile } from './archive-downloads';

@Controller('v1/privacy')
@ApiTags('privacy')
export class PrivacyController {
  constructor(
    @Inject(RpcClient) private readonly rpc: RpcClient,
    @Inject(ArchiveDownloads) private readonly downloads: ArchiveDownloads,
  ) {}

  @Post('requests')
  @Requires('privacy:write')
  @Audited('privacy.requested')
  @StepUp()
  @Answers('Ask for a copy of data, or for its erasure', PrivacyRequestResponse, {
    status: 201,
    errors: { 409: 'PRIVACY_REQUEST_OPEN, OWNERSHIP_TRANSFER_REQUIRED' },
  })
  create(@Body() body: CreatePrivacyRequest): Promise<string> {
    return this.rpc.forward(createPrivacyRequest, body);
  }

  @Get('requests')
  @Requires('privacy:read')
  @Answers(
    'Own privacy requests, and those for the tenant that the caller could make, newest first',
    PrivacyRequestPage,
  )
  list(@Query() query: PageRequest): Promise<string> {
    return this.rpc.forward(listPrivacyRequests, query);
  }

  @Get('requests/:id')
  @Requires('privacy:read')
  @Answers('A privacy request, with the receipt of each service', PrivacyRequestResponse)
  get(@Param() path: PrivacyRequestId): Promise<string> {
    return this.rpc.forward(getPrivacyRequest, path);
  }

  @Post('requests/:id/cancel')
  @Requires('privacy:write')
  @Audited('privacy.cancelled')
  @StepUp()
  @Answers('Cancel a request that has not begun', PrivacyRequestResponse, {
    errors: { 409: 'PRIVACY_REQUEST_NOT_CANCELLABLE' },
  })
  cancel(@Param() path: PrivacyRequestId): Promise<string> {
    return this.rpc.forward(cancelPrivacyRequest, path);
  }

  @Get('requests/:id/download')
  @Requires('privacy:read')
  @Unaudited('the request is on record, and only who asked may take it')
  @StepUp()
  @ApiProduces('application/gzip')
  @Answers('The archive of an export (tar.gz), for seven days', ArchiveFile, {
    errors: { 302: 'The object store gives it', 409: 'PRIVACY_ARCHIVE_UNAVAILABLE' },
  })
  async download(@Param() path: PrivacyRequestId, @Res() reply: FastifyReply): Promise<void> {
    await this.downloads.send(await this.rpc.call(getPrivacyArchive, path), reply);
  }

  @Get('requests/:id/certificate')
  @Requires('privacy:read')
  @Answers('Signed certificate of an erasure', ErasureCertificate, {
    errors: { 409: 'PRIVACY_CERTIFICATE_UNAVAILABLE' },
  })
  certificate(@Param() path: PrivacyRequestId): Promise<string> {
    return this.rpc.forward(getErasureCertificate, path);
  }

  @Get('certificate')
  @Public()
  @Limited('AUTH')
  @Answers('The same for who has no account any more, by the token of the mail', ErasureCertificate, {
    errors: { 404: 'PRIVACY_REQUEST_NOT_FOUND' },
  })
  certificateByToken(@Query() query: CertificateTokenRequest): Promise<string> {
    return this.rpc.forward(getErasureCertificateByToken, query);
  }
}
