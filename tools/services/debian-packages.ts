import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { findProgram } from './paths';

const POLICY = '/usr/sbin/policy-rc.d';

/** Installs from the distribution where we may; elsewhere does nothing. The package's own daemon is not started. */
export async function installFromPackages(name: string): Promise<void> {
  const apt = findProgram('apt-get');
  if (!apt || process.getuid?.() !== 0) return;
  process.stderr.write(`installing ${name} with apt-get\n`);
  const hadPolicy = existsSync(POLICY);
  if (!hadPolicy) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    execFileSync(apt, ['update', '-qq'], { env, stdio: ['ignore', 2, 2] });
    execFileSync(apt, ['install', '-y', '-qq', '--no-install-recommends', name], {
      env,
      stdio: ['ignore', 2, 2],
    });
  } finally {
    if (!hadPolicy) rmSync(POLICY);
  }
}
