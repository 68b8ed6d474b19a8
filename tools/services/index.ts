import { exclusively } from './lock';
import { postgresAnswers, providePostgres, stopPostgres } from './postgres';
import { provideRabbit, rabbitAnswers, rabbitmqctl, restartRabbit, stopRabbit } from './rabbitmq';
import { provideRedis, redisAnswers, stopRedis } from './redis';
import {
  type BrokerControl,
  endLease,
  lease,
  othersUse,
  type Profile,
  record,
  recorded,
  type Services,
} from './state';

export { PROFILES, type Profile, type Services } from './state';

export interface Lease {
  /** For the programs that use the servers. */
  env: Record<string, string>;
  /** Stops the servers with their last user, unless `up` asked them to stay. */
  release(): Promise<void>;
}

/** Starts what is missing; `keep` lets it outlive its users until `down`. */
export async function up(profile: Profile, keep = true): Promise<Services> {
  return exclusively(() => provide(profile, keep));
}

export async function down(profile: Profile): Promise<void> {
  await exclusively(() => stop(profile));
}

export async function acquire(profile: Profile): Promise<Lease> {
  const services = await exclusively(async () => {
    lease(profile);
    return provide(profile, false);
  });
  return { env: environment(profile, services), release: () => release(profile) };
}

async function release(profile: Profile): Promise<void> {
  await exclusively(async () => {
    endLease(profile);
    if (!recorded(profile)?.keep && !othersUse(profile)) await stop(profile);
  });
}

/** The three start side by side: Erlang alone takes longer than both others together. */
async function provide(profile: Profile, keep: boolean): Promise<Services> {
  const before = recorded(profile);
  const { TEST_DATABASE_URL, DATABASE_URL, TEST_RABBITMQ_URL, RABBITMQ_URL, TEST_REDIS_URL, REDIS_URL } =
    process.env;
  const results = await Promise.allSettled([
    reuse(before?.postgres, TEST_DATABASE_URL ?? DATABASE_URL, postgresAnswers, () =>
      providePostgres(profile),
    ),
    reuse(before?.rabbitmq, TEST_RABBITMQ_URL ?? RABBITMQ_URL, rabbitAnswers, () => provideRabbit(profile)),
    reuse(before?.redis, TEST_REDIS_URL ?? REDIS_URL, redisAnswers, () => provideRedis(profile)),
  ]);
  const [postgres, rabbitmq, redis] = results;
  if (postgres.status === 'fulfilled' && rabbitmq.status === 'fulfilled' && redis.status === 'fulfilled') {
    const services = { postgres: postgres.value, rabbitmq: rabbitmq.value, redis: redis.value };
    record(profile, { ...services, keep: keep || (before?.keep ?? false) });
    return services;
  }
  // What was started for nothing ends; what others use stays.
  if (postgres.status === 'fulfilled' && postgres.value !== before?.postgres)
    await stopPostgres(postgres.value);
  if (rabbitmq.status === 'fulfilled' && rabbitmq.value !== before?.rabbitmq)
    await stopRabbit(rabbitmq.value);
  if (redis.status === 'fulfilled' && redis.value && redis.value !== before?.redis)
    await stopRedis(redis.value);
  const faults = results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []));
  throw new Error(faults.join('\n'));
}

/** What already runs and answers is used again, unless the environment names another. */
async function reuse<State extends { url: string }, Provided>(
  before: State | null | undefined,
  named: string | undefined,
  answers: (state: State) => Promise<boolean>,
  provide: () => Promise<Provided>,
): Promise<State | Provided> {
  const wanted = before && (named === undefined || named === before.url);
  return wanted && (await answers(before)) ? before : provide();
}

async function stop(profile: Profile): Promise<void> {
  const services = recorded(profile);
  if (!services) return;
  await Promise.all([
    stopPostgres(services.postgres),
    stopRabbit(services.rabbitmq),
    services.redis && stopRedis(services.redis),
  ]);
  record(profile, undefined);
}

/** Which of the recorded servers answer now. */
export async function status(profile: Profile): Promise<Record<keyof Services, string> | undefined> {
  const services = recorded(profile);
  if (!services) return undefined;
  const { postgres, rabbitmq, redis } = services;
  const word = (answers: boolean): string => (answers ? 'answers' : 'does not answer');
  return {
    postgres: `${postgres.url} ${word(await postgresAnswers(postgres))}`,
    rabbitmq: `${rabbitmq.url} ${word(await rabbitAnswers(rabbitmq))}`,
    redis: redis ? `${redis.url} ${word(await redisAnswers(redis))}` : 'absent (optional)',
  };
}

/** Tests read TEST_*; the platform itself and the benchmark read the plain names. */
export function environment(
  profile: Profile,
  { postgres, rabbitmq, redis }: Services,
): Record<string, string> {
  const plain = {
    DATABASE_URL: postgres.url,
    RABBITMQ_URL: rabbitmq.url,
    ...(redis && { REDIS_URL: redis.url }),
  };
  if (profile === 'local') return plain;
  return {
    ...(profile === 'bench' && plain),
    TEST_DATABASE_URL: postgres.url,
    TEST_RABBITMQ_URL: rabbitmq.url,
    ...(rabbitmq.control && { TEST_RABBITMQ_CTL: JSON.stringify(rabbitmq.control) }),
    ...(redis && { TEST_REDIS_URL: redis.url }),
  };
}

/** SIGKILL and start of our own broker; it keeps its address. For tests of what survives that. */
export async function restartBroker(profile: Profile = 'test'): Promise<void> {
  await exclusively(async () => {
    const services = recorded(profile);
    if (!services) throw new Error(`no ${profile} servers are up`);
    record(profile, { ...services, rabbitmq: await restartRabbit(services.rabbitmq) });
  });
}

/** Makes a virtual host and answers its URL. */
export async function createVhost(name: string, profile: Profile = 'test'): Promise<string> {
  const { url, control } = controlled(profile);
  await rabbitmqctl(control, 'add_vhost', name);
  await rabbitmqctl(
    control,
    'set_permissions',
    '-p',
    name,
    new URL(url).username || 'guest',
    '.*',
    '.*',
    '.*',
  );
  const own = new URL(url);
  own.pathname = `/${encodeURIComponent(name)}`;
  return own.toString();
}

export async function deleteVhost(name: string, profile: Profile = 'test'): Promise<void> {
  await rabbitmqctl(controlled(profile).control, 'delete_vhost', name);
}

function controlled(profile: Profile): { url: string; control: BrokerControl } {
  const rabbitmq = recorded(profile)?.rabbitmq;
  if (!rabbitmq?.control) throw new Error(`no controllable ${profile} broker is up`);
  return { url: rabbitmq.url, control: rabbitmq.control };
}
