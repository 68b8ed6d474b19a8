import { join } from 'node:path';
import { SERVICES } from '@parley/contracts';
import { baseShape, readConfig, type Shape } from '@parley/platform';
import { gatewayConfig } from '../../apps/gateway/src/config';
import { INNER_SERVICES } from '../../apps/standalone/src/services';
import { compose, root } from './compose-file';
import { buildKustomization } from './kustomize';
import { containersOf, type Container, type Manifest } from './manifest';

const SHAPES = new Map<string, Shape>([
  ['gateway', gatewayConfig],
  ...INNER_SERVICES.map(({ name, config }) => [name, config] as const),
]);

/** What a deployment gives a secret, which is not in the repository: some text that could be one. */
const SECRET = {
  ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
  CONFIG_EXCHANGE_KEY: Buffer.alloc(32, 2).toString('base64'),
  ANTHROPIC_API_KEY: 'given-by-the-operator',
};
const aSecret = (name: string): string =>
  SECRET[name as keyof typeof SECRET] ?? 'https://user:password@host.example:1/path';

/** Settings a deployment sets are those its service reads, and every one the service needs is set. */
function faultsOf(service: string, env: Record<string, string>): string[] {
  const shape = SHAPES.get(service) ?? baseShape;
  const unknown = Object.keys(env).filter(
    (name) => !(name in shape) && name !== 'SANDBOX_URL' && name !== 'ALLOW_SANDBOX',
  );
  try {
    readConfig(service, shape, env);
    return unknown.map((name) => `${service} does not read ${name}`);
  } catch (error) {
    return [String(error)];
  }
}

describe('settings of the deployments', () => {
  it.each(SERVICES)('docker-compose gives %s what it reads', (name) => {
    const { environment = {} } = compose.services[name] as { environment?: Record<string, string | null> };
    const common = new Set(['REDIS_URL', 'JWT_ISSUER']);
    const env = Object.fromEntries(
      Object.entries(environment)
        .filter(([variable]) => !common.has(variable) || variable in (SHAPES.get(name) ?? {}))
        .map(([variable, value]) => [variable, resolved(variable, value)]),
    );
    expect(faultsOf(name, env)).toEqual([]);
  });

  describe.each(['dev', 'prod'])('overlay %s', (overlay) => {
    const objects = buildKustomization(join(root, 'k8s', 'overlays', overlay));
    const common = new Set(['REDIS_URL', 'JWT_ISSUER', 'ENCRYPTION_KEY']);

    it.each(SERVICES)('gives %s what it reads', (name) => {
      const deployments = objects.filter(
        ({ kind, metadata }) => kind === 'Deployment' && metadata.name.startsWith(name),
      );
      expect(deployments.length).toBeGreaterThan(0);
      for (const { spec } of deployments) {
        const [container] = containersOf((spec as { template: Parameters<typeof containersOf>[0] }).template);
        const all = container ? environmentOf(container, objects) : {};
        const shape = SHAPES.get(name) ?? {};
        const env = Object.fromEntries(
          Object.entries(all).filter(([variable]) => !common.has(variable) || variable in shape),
        );
        expect(faultsOf(name, env)).toEqual([]);
      }
    });
  });
});

function resolved(variable: string, value: string | null): string {
  if (value === null || /\$\{/.test(value)) return aSecretOrText(variable, value ?? '');
  return value;
}

/** Compose fills `${NAME:-default}` with its default and required ones with a secret. */
function aSecretOrText(variable: string, value: string): string {
  const fallback = /^\$\{\w+:-([^}]*)\}$/.exec(value)?.[1];
  return fallback ?? aSecret(variable);
}

function environmentOf(container: Container, objects: readonly Manifest[]): Record<string, string> {
  const env: Record<string, string> = {};
  for (const { configMapRef } of container.envFrom ?? []) {
    const map = objects.find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === configMapRef?.name,
    );
    Object.assign(env, (map as { data?: Record<string, string> } | undefined)?.data);
  }
  for (const { name, value, valueFrom } of container.env ?? []) {
    env[name] = value ?? (valueFrom?.secretKeyRef ? aSecret(name) : '');
  }
  return env;
}
