import { Controller, Inject } from '@nestjs/common';
import {
  getJournalEntry,
  type JournalEntry,
  type JournalEntryDetail,
  JournalEntryIdRequest,
  listJournal,
  ListJournalRequest,
  type Page,
  replayJournalEntry,
  ReplayJournalEntryRequest,
  replayJournalRange,
  ReplayJournalRangeRequest,
  type ReplayRangeResult,
  type ReplayResult,
} from '@parley/contracts';
import { Handles } from '@parley/messaging';
import { JournalService } from './journal.service';
import { ReplayService } from './replay.service';

@Controller()
export class JournalController {
  constructor(
    @Inject(JournalService) private readonly journal: JournalService,
    @Inject(ReplayService) private readonly replays: ReplayService,
  ) {}

  @Handles(listJournal)
  list(request: ListJournalRequest): Promise<Page<JournalEntry>> {
    return this.journal.list(request);
  }

  @Handles(getJournalEntry)
  get({ id }: JournalEntryIdRequest): Promise<JournalEntryDetail> {
    return this.journal.get(id);
  }

  @Handles(replayJournalEntry)
  replay({ id, ...options }: ReplayJournalEntryRequest): Promise<ReplayResult> {
    return this.replays.replay(id, options);
  }

  @Handles(replayJournalRange)
  replayRange(request: ReplayJournalRangeRequest): Promise<ReplayRangeResult> {
    return this.replays.replayRange(request);
  }
}
