export { PrivacyParticipantModule, type PrivacyParticipantOptions } from './privacy-participant.module';
export { PrivacyWork } from './privacy-work';
export {
  byTenant,
  byUser,
  kept,
  KIT_TABLES,
  type PersonalTable,
  type PersonalRows,
  tellsOfDigits,
  tellsOfPhone,
} from './personal-table';
export { RetentionModule, RetentionSchedule } from './retention.module';
export { RetentionPurge, type RetainedTable } from './retention-purge';
