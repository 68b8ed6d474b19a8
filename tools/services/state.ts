import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isAlive } from '../../apps/standalone/src/servers/processes';
import { inData } from './paths';

/** A set of servers: throw-away for tests, durable for measuring, or the platform's own kept data. */
export type Profile = 'test' | 'bench' | 'local';
export const PROFILES: readonly Profile[] = ['test', 'bench', 'local'];

/** How to run rabbitmqctl against a broker. */
export interface BrokerControl {
  argv: string[];
  env: Record<string, string>;
}

export interface PostgresState {
  url: string;
  /** What to stop at the end; absent when somebody else's server is used. */
  dataDir?: string;
}

export interface RabbitState {
  url: string;
  control?: BrokerControl;
  /** Our own node: what to restart and to stop. */
  node?: {
    pid: number;
    argv: string[];
    env: Record<string, string>;
    uid?: number;
    gid?: number;
    log: string;
  };
  container?: string;
}

export interface RedisState {
  url: string;
  pid?: number;
}

export interface Services {
  postgres: PostgresState;
  rabbitmq: RabbitState;
  redis: RedisState | null;
}

const stateFile = inData('services.json');

type State = Partial<Record<Profile, Services & { keep: boolean }>>;

function readState(): State {
  return existsSync(stateFile) ? (JSON.parse(readFileSync(stateFile, 'utf8')) as State) : {};
}

export const recorded = (profile: Profile): (Services & { keep: boolean }) | undefined =>
  readState()[profile];

export function record(profile: Profile, services: (Services & { keep: boolean }) | undefined): void {
  mkdirSync(inData(), { recursive: true });
  writeFileSync(stateFile, JSON.stringify({ ...readState(), [profile]: services }, null, 2), { mode: 0o600 });
}

const leaseFile = (profile: Profile, pid: number): string => inData('leases', `${profile}-${pid}`);

/** Says that this process uses the servers; they are stopped with the last user unless they were asked to stay. */
export function lease(profile: Profile): void {
  mkdirSync(inData('leases'), { recursive: true });
  writeFileSync(leaseFile(profile, process.pid), '');
}

export const endLease = (profile: Profile): void => rmSync(leaseFile(profile, process.pid), { force: true });

export function othersUse(profile: Profile): boolean {
  if (!existsSync(inData('leases'))) return false;
  const users = readdirSync(inData('leases'))
    .filter((name) => name.startsWith(`${profile}-`))
    .map((name) => Number(name.slice(profile.length + 1)));
  for (const pid of users.filter((user) => !isAlive(user))) rmSync(leaseFile(profile, pid), { force: true });
  return users.some((pid) => pid !== process.pid && isAlive(pid));
}
