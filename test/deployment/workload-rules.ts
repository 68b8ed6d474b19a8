import { containersOf, type Container, type Labels, type Manifest, type PodTemplate } from './manifest';

/** What every workload of an overlay owes; one line per breach. */
export function workloadFaults(objects: Manifest[]): string[] {
  return objects.flatMap((object) => {
    const template = object.spec?.template;
    if (!template) return [];
    const faults = [...podFaults(template), ...containersOf(template).flatMap(containerFaults)];
    if (object.kind === 'Deployment') faults.push(...deploymentFaults(object, template, objects));
    return faults.map((fault) => `${object.kind}/${object.metadata.name}: ${fault}`);
  });
}

function podFaults({ spec }: PodTemplate): string[] {
  const { runAsNonRoot, runAsUser = 0, seccompProfile } = spec.securityContext ?? {};
  return [
    ...when(runAsNonRoot !== true || runAsUser === 0, 'no numeric non-root user'),
    ...when(seccompProfile?.type !== 'RuntimeDefault', 'no seccomp profile'),
    ...when(spec.automountServiceAccountToken !== false, 'mounts a cluster token'),
  ];
}

function containerFaults({
  name,
  image,
  resources,
  securityContext,
  env = [],
  envFrom = [],
}: Container): string[] {
  const { limits, requests } = resources ?? {};
  const inline = env.filter((variable) => isSecretName(variable.name) && !variable.valueFrom?.secretKeyRef);
  return [
    ...when(!limits?.cpu || !limits.memory, 'no limits'),
    ...when(!requests?.cpu || !requests.memory, 'no requests'),
    ...when(!/^[a-z0-9./-]+:\d+\.\d+\.\d+/.test(image), `image ${image} is not pinned to a release`),
    ...when(securityContext?.readOnlyRootFilesystem !== true, 'writable root file system'),
    ...when(securityContext?.allowPrivilegeEscalation !== false, 'may gain privileges'),
    ...when(!securityContext?.capabilities?.drop?.includes('ALL'), 'keeps capabilities'),
    ...inline.map((variable) => `${variable.name} is not a Secret reference`),
    ...when(
      envFrom.some(({ secretRef }) => secretRef),
      'takes a whole Secret into its environment',
    ),
  ].map((fault) => `${name}: ${fault}`);
}

function deploymentFaults(object: Manifest, template: PodTemplate, objects: Manifest[]): string[] {
  const labels = template.metadata?.labels ?? {};
  const budgets = objects.filter(
    ({ kind, spec }) => kind === 'PodDisruptionBudget' && selects(spec?.selector?.matchLabels, labels),
  );
  return [
    ...template.spec.containers.flatMap(probeFaults),
    ...when(budgets.length !== 1, `${budgets.length} disruption budgets instead of one`),
    ...when(!selects(object.spec?.selector?.matchLabels, labels), 'does not select its own pods'),
  ];
}

function probeFaults({ name, ports = [], ...container }: Container): string[] {
  return (['startupProbe', 'livenessProbe', 'readinessProbe'] as const).flatMap((kind) => {
    const target = container[kind]?.httpGet ?? container[kind]?.tcpSocket;
    if (!target) return [`${name}: no ${kind}`];
    const open = ports.some((port) => port.name === target.port || port.containerPort === target.port);
    return when(!open, `${name}: ${kind} asks port ${target.port}, which is not open`);
  });
}

/** Names under which services take credentials, keys, or URLs that carry a password. */
export const isSecretName = (name: string): boolean =>
  /(^|_)(KEY|TOKEN|SECRET|PASSWORD|CREDENTIALS?)$|^(DATABASE|RABBITMQ|REDIS|SMTP)\w*_URL$/.test(name);

export const selects = (selector: Labels | undefined, labels: Labels): boolean =>
  selector !== undefined &&
  Object.keys(selector).length > 0 &&
  Object.entries(selector).every(([key, value]) => labels[key] === value);

const when = (broken: boolean, fault: string): string[] => (broken ? [fault] : []);
