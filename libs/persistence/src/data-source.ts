import { DataSource, type EntityTarget, type ObjectLiteral } from 'typeorm';
import type { ServiceName } from '@parley/contracts';
import { Database } from './database';
import { SnakeCaseNaming } from './naming-strategy';
import { schemaOf } from './service-roles';
import { columnTypes } from './timestamps';

export interface DatabaseOptions {
  service: ServiceName;
  /** URL of the service's restricted role. */
  url: string;
  entities?: EntityTarget<ObjectLiteral>[];
  /** Connections this process may hold. */
  poolSize?: number;
}

/** Opens the pool of one service. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { service, url, entities = [], poolSize = 10 } = options;
  const { schema, systemRole } = schemaOf(service);
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    schema,
    entities: entities as never[],
    namingStrategy: new SnakeCaseNaming(),
    synchronize: false,
    installExtensions: false,
    applicationName: `parley-${service}`,
    poolSize,
    connectTimeoutMS: 5_000,
    extra: {
      // A statement or transaction that outlives its caller's patience only holds locks.
      statement_timeout: 15_000,
      idle_in_transaction_session_timeout: 30_000,
      keepAlive: true,
      types: columnTypes,
    },
  });
  await dataSource.initialize();
  return new Database(dataSource, systemRole);
}
