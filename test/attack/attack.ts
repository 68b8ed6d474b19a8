import { TestPlatform } from '../support/platform';
import {
  attackAdministration,
  attackByIdempotencyKey,
  attackByImpersonation,
  attackWithEndedSession,
  attackWithForeignFilters,
  attackWithForeignIds,
  attackWithHeaders,
  attackWithRubbish,
  attackWithTokens,
  tryBodies,
} from './http-attacks';
import {
  attackAsNobody,
  attackOperations,
  attackOperationsByRole,
  attackSchemas,
  attackSockets,
} from './inner-attacks';
import { Report } from './report';
import type { Stage } from './stage';
import { Victim } from './victim';

const ATTACKS: readonly ((stage: Stage) => Promise<void>)[] = [
  attackWithTokens,
  attackWithEndedSession,
  attackWithForeignIds,
  attackWithForeignFilters,
  attackWithHeaders,
  attackAdministration,
  attackByImpersonation,
  attackOperations,
  attackOperationsByRole,
  attackAsNobody,
  attackSchemas,
  attackSockets,
  attackWithRubbish,
];

/** Tries every door of a whole platform, and looks afterwards whether anything of the victim's changed. */
export async function attackPlatform(say: (line: string) => void = () => undefined): Promise<Report> {
  const platform = await TestPlatform.start({ RATE_LIMITS: 'off' });
  try {
    const report = new Report();
    const victim = await Victim.arrange(platform);
    const admin = await platform.signUpAdmin();
    const stage: Stage = { platform, report, victim, admin, stranger: () => platform.signUp('Stranger') };
    const before = await victim.fingerprint();
    for (const attack of ATTACKS) {
      const startedAt = Date.now();
      await attack(stage);
      const seconds = Math.round((Date.now() - startedAt) / 1000);
      say(
        `${attack.name}, ${seconds} s: ${report.attempts.length} attempts, ${report.findings.length} findings so far`,
      );
    }
    const after = await victim.fingerprint();
    for (const [table, print] of Object.entries(before)) {
      const changed = after[table] !== print;
      report.add(
        'the victim afterwards',
        table,
        changed ? 'changed' : 'unchanged',
        changed ? 'was changed' : undefined,
      );
    }
    // Last: it begins with acts of the victim's own.
    await attackByIdempotencyKey(stage);
    await tryBodies(stage);
    return report;
  } finally {
    await platform.close();
  }
}
