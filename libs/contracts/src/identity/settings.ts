import { Bool, HttpUrl, Instant, Int, Json, ListOf, Nested, Phone, Text, Uuid } from '../fields';
import { PageRequest, pageOf } from '../page';
import { defineOperation, Nothing } from '../rpc';

const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/;

/** Half-open, in the tenant's time zone. */
export class OpeningHours {
  @Text({ max: 5, pattern: CLOCK, example: '08:00' }) opens: string;
  @Text({ max: 5, pattern: CLOCK, example: '17:00', description: 'Later than `opens`; 24:00 is midnight' })
  closes: string;
}

/** A day left out, or with an empty list, is closed. */
export class BusinessHours {
  @ListOf(() => OpeningHours, { optional: true, max: 6 }) monday?: OpeningHours[];
  @ListOf(() => OpeningHours, { optional: true, max: 6 }) tuesday?: OpeningHours[];
  @ListOf(() => OpeningHours, { optional: true, max: 6 }) wednesday?: OpeningHours[];
  @ListOf(() => OpeningHours, { optional: true, max: 6 }) thursday?: OpeningHours[];
  @ListOf(() => OpeningHours, { optional: true, max: 6 }) friday?: OpeningHours[];
  @ListOf(() => OpeningHours, { optional: true, max: 6 }) saturday?: OpeningHours[];
  @ListOf(() => OpeningHours, { optional: true, max: 6 }) sunday?: OpeningHours[];
}

export class SettingsResponse {
  @Bool() postCallSmsEnabled: boolean;
  @Text({ nullable: true, max: 1600 }) postCallSmsTemplate: string | null;
  @Int({ min: 0, description: 'Seconds between the end of a call and its SMS' })
  postCallSmsDelaySeconds: number;
  @Bool() reviewRequestEnabled: boolean;
  @Text({ nullable: true, max: 1600 }) reviewRequestTemplate: string | null;
  @HttpUrl({ nullable: true }) googleReviewUrl: string | null;
  @Nested(() => BusinessHours, { nullable: true }) businessHours: BusinessHours | null;
  @Phone({ nullable: true }) transferNumber: string | null;
  @Uuid({ nullable: true }) updatedBy: string | null;
  @Instant({ nullable: true, description: 'null while the defaults hold' }) updatedAt: string | null;
}

/** A field left out stays as it is; null clears it. */
export class PutSettingsRequest {
  @Bool({ optional: true }) postCallSmsEnabled?: boolean;
  @Text({ optional: true, nullable: true, max: 1600 }) postCallSmsTemplate?: string | null;
  @Int({ optional: true, min: 0, max: 86_400 }) postCallSmsDelaySeconds?: number;
  @Bool({ optional: true }) reviewRequestEnabled?: boolean;
  @Text({ optional: true, nullable: true, max: 1600 }) reviewRequestTemplate?: string | null;
  @HttpUrl({ optional: true, nullable: true }) googleReviewUrl?: string | null;
  @Nested(() => BusinessHours, { optional: true, nullable: true }) businessHours?: BusinessHours | null;
  @Phone({ optional: true, nullable: true }) transferNumber?: string | null;
}

export const getSettings = defineOperation({
  name: 'identity.settings.get',
  service: 'identity',
  request: Nothing,
  response: SettingsResponse,
});

export const putSettings = defineOperation({
  name: 'identity.settings.put',
  service: 'identity',
  request: PutSettingsRequest,
  response: SettingsResponse,
});

export class SettingsChange {
  @Uuid() id: string;
  @Instant() at: string;
  @Uuid({ nullable: true, description: 'null: a service token, or the platform' }) changedBy: string | null;
  @Text({ nullable: true, max: 200, description: 'Name of the person, while they are known' })
  changedByName: string | null;
  @Json({ description: 'The changed fields as they were' }) before: Record<string, unknown>;
  @Json({ description: 'The changed fields as they became' }) after: Record<string, unknown>;
}

export class SettingsChangePage extends pageOf(SettingsChange) {}

/** Who changed what, newest first. */
export const listSettingsChanges = defineOperation({
  name: 'identity.settings.history',
  service: 'identity',
  request: PageRequest,
  response: SettingsChangePage,
});
