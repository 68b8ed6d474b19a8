import { Logger } from '@nestjs/common';
import type { SystemConfigEntry, SystemConfigKey, SystemConfigVersion } from '@parley/contracts';
import type { Envelopes } from '../envelopes/envelopes.service';
import { fromText } from './catalogue';
import { envelopeOf, ownerOf, type SystemConfigRow } from './system-config.repository';

const logger = new Logger('SystemConfig');

/** Nothing when it does not open: another hand changed it, or its master key is gone. */
export function readText(envelopes: Envelopes, row: SystemConfigRow): string | undefined {
  const envelope = envelopeOf(row);
  if (!envelope) return undefined;
  try {
    return envelopes.open(envelope, ownerOf(row));
  } catch (error) {
    const { key, version } = row;
    logger.error(
      { err: error, key, version },
      'a stored setting does not open: it was changed, or its key is gone',
    );
    return undefined;
  }
}

export function toVersion(
  envelopes: Envelopes,
  entry: SystemConfigKey,
  row: SystemConfigRow,
): SystemConfigVersion {
  const { version, change, lastFour, restores, reason, changedBy, changedAt } = row;
  const text = readText(envelopes, row);
  return {
    version,
    change,
    value: entry.kind === 'secret' || text === undefined ? null : fromText(entry, text),
    lastFour,
    readable: text !== undefined || envelopeOf(row) === undefined,
    restores,
    reason,
    changedBy,
    changedAt: changedAt.toISOString(),
  };
}

export function toEntry(
  envelopes: Envelopes,
  entry: SystemConfigKey,
  row: SystemConfigRow | undefined,
): SystemConfigEntry {
  return {
    ...entry,
    usedBy: [...entry.usedBy],
    source: row && envelopeOf(row) ? 'stored' : 'environment',
    current: row ? toVersion(envelopes, entry, row) : null,
  };
}
