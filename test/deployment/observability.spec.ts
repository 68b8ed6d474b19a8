import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectDefaultMetrics, register } from 'prom-client';
import { parse } from 'yaml';
import { platform, root, service } from './compose-file';

interface Rule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; action: string };
}
interface Dashboard {
  uid: string;
  panels: { id: number; title: string; description: string; targets: { expr: string }[] }[];
}

const folder = join(root, 'deploy', 'observability');
const read = (...path: string[]): string => readFileSync(join(folder, ...path), 'utf8');
const rules = (parse(read('prometheus', 'alerts.yml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);
const dashboard = JSON.parse(read('grafana', 'dashboards', 'parley-overview.json')) as Dashboard;
const expressions = [...rules, ...dashboard.panels.flatMap(({ targets }) => targets)].map(({ expr }) => expr);

/** Names under which our sources register metrics. */
function metricsOf(folderName: string): string[] {
  return readdirSync(join(root, folderName), { recursive: true, encoding: 'utf8' })
    .filter((file) => /(^|\/)src\/.*(?<!spec)\.ts$/.test(file))
    .flatMap((file) => [
      ...readFileSync(join(root, folderName, file), 'utf8').matchAll(/name: '(parley_\w+)'/g),
    ])
    .map(([, name = '']) => name);
}

it('alerts and dashboard ask only for metrics that exist', () => {
  collectDefaultMetrics();
  const known = new Set([
    ...metricsOf('libs'),
    ...metricsOf('apps'),
    ...register.getMetricsAsArray().map(({ name }) => name),
    'up',
    'rabbitmq_detailed_queue_messages_ready',
    'rabbitmq_detailed_queue_messages_unacked',
    'rabbitmq_detailed_queue_consumers',
  ]);
  const asked = expressions.flatMap((expr) =>
    [...expr.matchAll(/\b(up|(?:parley|process|nodejs|rabbitmq)_\w+)(?=[{[)\s])/g)].map(([, name = '']) =>
      name.replace(/_(bucket|count|sum)$/, ''),
    ),
  );

  expect(asked.length).toBeGreaterThanOrEqual(expressions.length);
  expect(asked.filter((name) => !known.has(name))).toEqual([]);
});

it('alerts on outcomes that requests really have', () => {
  const codes = readFileSync(join(root, 'libs', 'contracts', 'src', 'errors.ts'), 'utf8');
  const asked = rules.flatMap(({ expr }) =>
    [...expr.matchAll(/outcome=~"([^"]+)"/g)].flatMap(([, list = '']) => list.split('|')),
  );

  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((code) => !codes.includes(`'${code}'`))).toEqual([]);
});

it('every alert says how urgent it is and what to do', () => {
  expect(rules.length).toBeGreaterThan(5);
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  for (const { alert, labels, annotations } of rules) {
    expect([alert, ['page', 'ticket'].includes(labels.severity), annotations.action.length > 20]).toEqual([
      alert,
      true,
      true,
    ]);
  }
});

it('every panel has a number of its own, a description and a query', () => {
  expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  for (const { title, description, targets } of dashboard.panels) {
    expect([title, description !== '', targets.length > 0]).toEqual([title, true, true]);
  }
});

it('Prometheus scrapes the internal port of every service', () => {
  const { scrape_configs: jobs } = parse(read('prometheus', 'prometheus.yml')) as {
    scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
  };
  const targets = jobs
    .find(({ job_name }) => job_name === 'parley')
    ?.static_configs.flatMap((one) => one.targets);

  expect(targets).toEqual(platform.map((name) => `${name}:${service(name).environment?.['INTERNAL_PORT']}`));
});
