import { containersOf, type Manifest, type PodTemplate } from './manifest';
import { isSecretName, selects } from './workload-rules';

interface IngressSpec {
  rules?: { http: { paths: { backend: { service: { name: string; port: { name: string } } } }[] } }[];
}
interface ServiceSpec {
  selector?: Record<string, string>;
  ports?: { name: string; targetPort: string }[];
}

/** Names that lead nowhere, and secrets where anybody can read them; one line per breach. */
export function referenceFaults(objects: Manifest[]): string[] {
  const has = (kind: string, name: string | undefined): boolean =>
    objects.some((object) => object.kind === kind && object.metadata.name === name);
  return objects.flatMap((object) => {
    const template = object.spec?.template;
    const faults = [...exposedSecrets(object), ...(template ? templateFaults(template, has) : [])];
    const target = object.spec?.scaleTargetRef;
    if (target && !has('Deployment', target.name)) faults.push(`scales ${target.name}, which does not exist`);
    if (object.kind === 'Ingress') faults.push(...ingressFaults(object, objects));
    if (object.kind === 'Service') faults.push(...serviceFaults(object, objects));
    return faults.map((fault) => `${object.kind}/${object.metadata.name}: ${fault}`);
  });
}

function exposedSecrets({ kind, data = {} }: Manifest): string[] {
  if (kind === 'Secret') return ['Secrets are made outside the repository'];
  return Object.entries(data)
    .filter(([name, value]) => isSecretName(name) || /:\/\/[^/\s]*:[^/\s]*@/.test(value))
    .map(([name]) => `${name} belongs in a Secret`);
}

function templateFaults(template: PodTemplate, has: (kind: string, name: string) => boolean): string[] {
  const { serviceAccountName = 'default' } = template.spec;
  const maps = containersOf(template).flatMap(({ envFrom = [] }) =>
    envFrom.flatMap(({ configMapRef }) => (configMapRef ? [configMapRef.name] : [])),
  );
  return [
    ...maps.filter((name) => !has('ConfigMap', name)).map((name) => `no ConfigMap ${name}`),
    ...(has('ServiceAccount', serviceAccountName) ? [] : [`no ServiceAccount ${serviceAccountName}`]),
  ];
}

function ingressFaults({ spec }: Manifest, objects: Manifest[]): string[] {
  const backends = ((spec as IngressSpec).rules ?? []).flatMap(({ http }) =>
    http.paths.map((path) => path.backend),
  );
  return backends.flatMap(({ service }) => {
    const found = objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === service.name);
    const open = (found?.spec as ServiceSpec | undefined)?.ports?.some(
      ({ name }) => name === service.port.name,
    );
    return open ? [] : [`no Service ${service.name} with a port ${service.port.name}`];
  });
}

function serviceFaults({ spec }: Manifest, objects: Manifest[]): string[] {
  const { selector, ports = [] } = spec as ServiceSpec;
  const template = objects.find(
    ({ kind, spec: candidate }) =>
      kind === 'Deployment' && selects(selector, candidate?.template?.metadata?.labels ?? {}),
  )?.spec?.template;
  if (!template) return ['selects no Deployment'];
  const open = containersOf(template).flatMap((container) => container.ports ?? []);
  return ports
    .filter(({ targetPort }) => !open.some(({ name }) => name === targetPort))
    .map(({ targetPort }) => `leads to port ${targetPort}, which is not open`);
}
