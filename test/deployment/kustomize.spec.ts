import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { buildKustomization } from './kustomize';
import { containersOf, type Manifest } from './manifest';
import { referenceFaults } from './reference-rules';
import { workloadFaults } from './workload-rules';

const overlays = join(__dirname, '..', '..', 'k8s', 'overlays');
const names = readdirSync(overlays);
const services = [
  'gateway',
  'identity',
  'telephony-ingest',
  'ai-agents',
  'billing',
  'analytics',
  'notifications',
];
const build = (overlay: string): Manifest[] => buildKustomization(join(overlays, overlay));
const ofKind = (objects: Manifest[], kind: string): Manifest[] =>
  objects.filter((object) => object.kind === kind);
const find = (objects: Manifest[], kind: string, name: string): Manifest => {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found;
};

interface Entry {
  id: string;
  object: Manifest;
}

function kubernetesFaults(entries: Entry[]): string[] {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(__dirname, 'kubernetes-schemas.mjs')],
    {
      input: JSON.stringify(entries),
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  if (status !== 0) throw new Error(`kubernetes-schemas.mjs ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as string[];
}

it('every object of every overlay is valid against the Kubernetes schemas', () => {
  const entries = names.flatMap((overlay) =>
    build(overlay)
      .filter(({ apiVersion }) => !apiVersion.startsWith('keda.sh/'))
      .map((object) => ({ id: `${overlay} ${object.kind}/${object.metadata.name}`, object })),
  );
  const spoil = (id: string, change: object): Entry => {
    const object = structuredClone(find(build('prod'), 'Deployment', 'billing'));
    return { id, object: { ...object, spec: { ...object.spec, ...change } } };
  };
  const mistyped = spoil('spoiled by a mistyped field', { replica: 3 });
  const absurd = spoil('spoiled by a wrong type', { replicas: 'many' });

  const faults = kubernetesFaults([...entries, mistyped, absurd]);

  expect(faults.filter((fault) => !fault.startsWith('spoiled'))).toEqual([]);
  expect(faults).toContainEqual(
    expect.stringMatching(/^spoiled by a mistyped field: .*replica.* does not exist/),
  );
  expect(faults).toContainEqual(expect.stringMatching(/^spoiled by a wrong type: .*replicas must be/));
});

it('every KEDA object is valid against the schema kept here', () => {
  const schema = JSON.parse(readFileSync(join(__dirname, 'schemas', 'keda.schema.json'), 'utf8')) as object;
  const valid = new Ajv({ allErrors: true }).compile(schema);
  const objects = build('prod-keda').filter(({ apiVersion }) => apiVersion.startsWith('keda.sh/'));

  const faults = objects.flatMap((object) => (valid(object) ? [] : [valid.errors]));

  expect(objects).toHaveLength(7);
  expect(faults).toEqual([]);
});

describe.each(names)('overlay %s', (overlay) => {
  const objects = build(overlay);

  it('gives every workload limits, a non-root user, probes and a disruption budget', () => {
    expect(workloadFaults(objects)).toEqual([]);
  });

  it('refers to nothing that is missing and shows no secret', () => {
    expect(referenceFaults(objects)).toEqual([]);
  });

  it('puts everything into one namespace', () => {
    const [namespace] = ofKind(objects, 'Namespace');
    const inside = objects.filter(({ kind }) => kind !== 'Namespace');

    expect(new Set(inside.map(({ metadata }) => metadata.namespace))).toEqual(
      new Set([namespace?.metadata.name]),
    );
  });

  it('migrates every service, and only migrations see the owner of the schemas', () => {
    const holders = objects.filter(({ spec }) =>
      (spec?.template ? containersOf(spec.template) : []).some(({ env = [] }) =>
        env.some(({ name }) => name === 'DATABASE_OWNER_URL'),
      ),
    );

    expect(holders.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort()).toEqual(
      services.map((service) => `Job/${service}-migrate`).sort(),
    );
  });

  it('denies all traffic that no policy allows', () => {
    expect(find(objects, 'NetworkPolicy', 'default-deny').spec).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    });
  });

  it('never loses a replica while rolling out, and gives work in hand 40 seconds', () => {
    const rollouts = ofKind(objects, 'Deployment').filter(({ metadata }) => metadata.name !== 'sandbox');

    expect(rollouts).toHaveLength(8);
    for (const { spec } of rollouts) {
      expect(spec?.strategy?.rollingUpdate?.maxUnavailable).toBe(0);
      expect(spec?.template?.spec.terminationGracePeriodSeconds).toBe(40);
    }
  });
});

describe.each(names.filter((name) => name.startsWith('prod')))('overlay %s', (overlay) => {
  const objects = build(overlay);

  it('keeps three of each public door and two or more of everything else', () => {
    const fewest = Object.fromEntries(
      ofKind(objects, 'Deployment').map(({ metadata, spec }) => {
        const scaler = objects.find((object) => object.spec?.scaleTargetRef?.name === metadata.name);
        return [
          metadata.name,
          spec?.replicas ?? scaler?.spec?.minReplicas ?? scaler?.spec?.minReplicaCount ?? 1,
        ];
      }),
    );

    expect(fewest).toMatchObject({ gateway: 3, 'telephony-ingest-edge': 3 });
    expect(Math.min(...Object.values(fewest))).toBeGreaterThanOrEqual(2);
  });

  it('lets one owner decide the number of replicas', () => {
    for (const { spec, metadata } of ofKind(objects, 'Deployment')) {
      const scalers = objects.filter((object) => object.spec?.scaleTargetRef?.name === metadata.name);

      expect([metadata.name, scalers.length + (spec?.replicas === undefined ? 0 : 1)]).toEqual([
        metadata.name,
        1,
      ]);
    }
  });

  it('runs without the sandbox', () => {
    expect(JSON.stringify(objects).toLowerCase()).not.toContain('sandbox');
  });
});
