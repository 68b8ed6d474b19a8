import { join } from 'node:path';
import { buildKustomization } from './kustomize';
import type { Container, Manifest, PodSpec } from './manifest';
import { referenceFaults } from './reference-rules';
import { workloadFaults } from './workload-rules';

const prod = buildKustomization(join(__dirname, '..', '..', 'k8s', 'overlays', 'prod'));

/** The production overlay with one thing broken in billing's Deployment. */
function broken(change: (container: Container, pod: PodSpec, objects: Manifest[]) => void): Manifest[] {
  const objects = structuredClone(prod);
  const pod = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'billing')?.spec
    ?.template?.spec;
  const container = pod?.containers[0];
  if (!container) throw new Error('no billing container');
  change(container, pod, objects);
  return objects;
}

describe('workload rules', () => {
  it.each<[string, (container: Container, pod: PodSpec, objects: Manifest[]) => void]>([
    ['no livenessProbe', (container) => delete container.livenessProbe],
    [
      'readinessProbe asks port nowhere',
      (container) => (container.readinessProbe = { tcpSocket: { port: 'nowhere' } }),
    ],
    ['no limits', (container) => delete container.resources?.limits?.memory],
    ['no requests', (container) => delete container.resources?.requests],
    ['no numeric non-root user', (_, pod) => delete pod.securityContext?.runAsUser],
    ['no seccomp profile', (_, pod) => delete pod.securityContext?.seccompProfile],
    ['mounts a cluster token', (_, pod) => delete pod.automountServiceAccountToken],
    ['image parley/billing:latest', (container) => (container.image = 'parley/billing:latest')],
    ['image parley/billing is', (container) => (container.image = 'parley/billing')],
    ['writable root file system', (container) => delete container.securityContext?.readOnlyRootFilesystem],
    ['keeps capabilities', (container) => delete container.securityContext?.capabilities],
    [
      'STRIPE_SECRET is not a Secret',
      (container) => container.env?.push({ name: 'STRIPE_SECRET', value: 'x' }),
    ],
    [
      'REDIS_URL is not a Secret',
      (container) => container.env?.push({ name: 'REDIS_URL', value: 'redis://r' }),
    ],
    ['takes a whole Secret', (container) => container.envFrom?.push({ secretRef: { name: 'all' } })],
    [
      '0 disruption budgets',
      (_, __, objects) =>
        objects.splice(
          objects.findIndex(
            ({ kind, metadata }) => kind === 'PodDisruptionBudget' && metadata.name === 'billing',
          ),
          1,
        ),
    ],
  ])('report: %s', (fault, change) => {
    const faults = workloadFaults(broken(change));

    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
    expect(faults[0]).toContain('Deployment/billing');
  });
});

describe('reference rules', () => {
  const config = (objects: Manifest[]): Manifest => {
    const found = objects.find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith('billing'),
    );
    if (!found) throw new Error('no billing ConfigMap');
    return found;
  };

  it.each<[string, (container: Container, pod: PodSpec, objects: Manifest[]) => void]>([
    ['no ServiceAccount nobody', (_, pod) => (pod.serviceAccountName = 'nobody')],
    ['no ConfigMap nothing', (container) => container.envFrom?.push({ configMapRef: { name: 'nothing' } })],
    ['API_KEY belongs in a Secret', (_, __, objects) => (config(objects).data = { API_KEY: 'x' })],
    [
      'CACHE belongs in a Secret',
      (_, __, objects) => (config(objects).data = { CACHE: 'redis://u:p@cache' }),
    ],
    [
      'Secrets are made outside',
      (_, __, objects) =>
        objects.push({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'billing-secrets' } }),
    ],
    ['leads to port internal', (container) => (container.ports = [])],
  ])('report: %s', (fault, change) => {
    const faults = referenceFaults(broken(change));

    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
  });
});
