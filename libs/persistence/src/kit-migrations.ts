import { ErasedTogether1700000000003 } from './erased-together.migration';
import { KitTables1700000000000 } from './kit-tables.migration';
import { PrivacyParts1700000000002 } from './privacy-parts.migration';
import { PrivacyTables1700000000001 } from './privacy-tables.migration';

/** What every schema begins with. */
export const KIT_MIGRATIONS = [
  KitTables1700000000000,
  PrivacyTables1700000000001,
  PrivacyParts1700000000002,
  ErasedTogether1700000000003,
];
