import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  getJournalEntry,
  JournalEntryDetail,
  JournalEntryIdRequest,
  JournalEntryPage,
  listJournal,
  ListJournalRequest,
  replayJournalEntry,
  replayJournalRange,
  ReplayJournalRangeRequest,
  ReplayOptions,
  ReplayRangeResult,
  ReplayResult,
} from '@parley/contracts';
import { RpcClient } from '@parley/messaging';
import { Audited } from '../audit/audited';
import { Answers, Limited, Requires } from '../edge/decorators';

@Controller('v1/admin/inbound-webhooks')
@ApiTags('admin')
export class InboundWebhooksController {
  constructor(@Inject(RpcClient) private readonly rpc: RpcClient) {}

  @Get()
  @Requires('journal:read')
  @Limited('WQUEUE')
  @Answers('Webhooks received from providers, newest first', JournalEntryPage)
  list(@Query() query: ListJournalRequest): Promise<string> {
    return this.rpc.forward(listJournal, query);
  }

  @Get(':id')
  @Requires('journal:read')
  @Limited('WQUEUE')
  @Answers('One received webhook, secrets redacted', JournalEntryDetail, { errors: { 404: 'NOT_FOUND' } })
  get(@Param() params: JournalEntryIdRequest): Promise<string> {
    return this.rpc.forward(getJournalEntry, params);
  }

  @Post('replays')
  @Requires('journal:replay')
  @Audited('webhook.replayed')
  @Limited('WQUEUE')
  @Answers('Handle again what was received in a range of time', ReplayRangeResult, { status: 202 })
  replayRange(@Body() body: ReplayJournalRangeRequest): Promise<string> {
    return this.rpc.forward(replayJournalRange, body);
  }

  @Post(':id/replay')
  @Requires('journal:replay')
  @Audited('webhook.replayed')
  @Limited('WQUEUE')
  @Answers('Handle one received webhook again', ReplayResult, { status: 202, errors: { 404: 'NOT_FOUND' } })
  replay(@Param() { id }: JournalEntryIdRequest, @Body() options: ReplayOptions): Promise<string> {
    return this.rpc.forward(replayJournalEntry, { ...options, id });
  }
}
