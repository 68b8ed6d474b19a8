import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { applyJsonPatch, type JsonOperation } from './json-patch';
import { containersOf, type Labels, type Manifest } from './manifest';

/**
 * The part of kustomize that k8s/ uses, for machines that have Node and nothing else. A field it does not
 * implement is an error, never ignored; kustomize.spec.ts holds it against output of the real program.
 * Stricter than the real one: a patch or an image that matches nothing is an error.
 */
export function buildKustomization(dir: string): Manifest[] {
  const objects = accumulate(dir, []);
  const renamed = new Map(objects.filter(isGenerated).map((map) => [map.metadata.name, hashedName(map)]));
  for (const object of objects) {
    if (isGenerated(object)) object.metadata.name = renamed.get(object.metadata.name) ?? object.metadata.name;
    renameConfigMapReferences(object, renamed);
  }
  return objects;
}

interface Kustomization {
  apiVersion?: string;
  kind?: string;
  namespace?: string;
  resources?: string[];
  components?: string[];
  labels?: { pairs: Labels; includeTemplates?: boolean }[];
  images?: { name: string; newName?: string; newTag?: string }[];
  replicas?: { name: string; count: number }[];
  generatorOptions?: { labels?: Labels };
  configMapGenerator?: { name: string; behavior?: 'create' | 'merge'; literals: string[] }[];
  patches?: { target: { kind?: string; name?: string }; path?: string; patch?: string }[];
}

/** Every key allowed at each place; `satisfies` keeps it in step with the interface. */
const known = {
  apiVersion: [],
  kind: [],
  namespace: [],
  resources: [],
  components: [],
  labels: ['pairs', 'includeTemplates'],
  images: ['name', 'newName', 'newTag'],
  replicas: ['name', 'count'],
  generatorOptions: ['labels'],
  configMapGenerator: ['name', 'behavior', 'literals'],
  patches: ['target', 'path', 'patch'],
} satisfies Record<keyof Required<Kustomization>, string[]>;

const clusterScoped = new Set(['Namespace', 'ClusterRole', 'ClusterRoleBinding', 'PersistentVolume']);
const generated = new WeakSet<Manifest>();
const isGenerated = (object: Manifest): boolean => generated.has(object);

function accumulate(dir: string, inherited: Manifest[]): Manifest[] {
  const file = join(dir, 'kustomization.yaml');
  const kustomization = readKustomization(file);
  const objects = [
    ...inherited,
    ...(kustomization.resources ?? []).flatMap((path) => loadResource(join(dir, path))),
  ];
  generateConfigMaps(objects, kustomization, file);
  const all = (kustomization.components ?? []).reduce(
    (acc, path) => accumulate(join(dir, path), acc),
    objects,
  );
  transform(all, kustomization, dir);
  return all;
}

function readKustomization(file: string): Kustomization {
  const content = parse(readFileSync(file, 'utf8')) as Kustomization;
  for (const [key, value] of Object.entries(content)) {
    const fields: string[] | undefined = known[key as keyof Kustomization];
    if (!fields) throw new Error(`${file}: "${key}" is not implemented by test/deployment/kustomize.ts`);
    for (const entry of fields.length > 0 ? [value as object].flat() : []) {
      const extra = Object.keys(entry).find((field) => !fields.includes(field));
      if (extra)
        throw new Error(`${file}: "${key}.${extra}" is not implemented by test/deployment/kustomize.ts`);
    }
  }
  return content;
}

function loadResource(path: string): Manifest[] {
  if (statSync(path).isDirectory()) return accumulate(path, []);
  return parseAllDocuments(readFileSync(path, 'utf8')).map((document) => {
    if (document.errors.length > 0) throw new Error(`${path}: ${document.errors[0]?.message}`);
    return document.toJS() as Manifest;
  });
}

function generateConfigMaps(
  objects: Manifest[],
  { configMapGenerator = [], generatorOptions: { labels } = {} }: Kustomization,
  file: string,
): void {
  for (const { name, behavior = 'create', literals } of configMapGenerator) {
    const data = Object.fromEntries(literals.map((literal) => splitLiteral(literal, file)));
    const existing = objects.find((object) => isGenerated(object) && object.metadata.name === name);
    if (behavior === 'merge') {
      if (!existing) throw new Error(`${file}: no ConfigMap ${name} to merge into`);
      existing.data = { ...existing.data, ...data };
      continue;
    }
    if (existing) throw new Error(`${file}: ConfigMap ${name} already exists`);
    const metadata = labels ? { name, labels: { ...labels } } : { name };
    const map: Manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
    generated.add(map);
    objects.push(map);
  }
}

function splitLiteral(literal: string, file: string): [string, string] {
  const at = literal.indexOf('=');
  if (at < 1) throw new Error(`${file}: literal "${literal}" is not KEY=value`);
  return [literal.slice(0, at), literal.slice(at + 1).replace(/^(["'])(.*)\1$/s, '$2')];
}

function transform(objects: Manifest[], kustomization: Kustomization, dir: string): void {
  for (const { target, path, patch } of kustomization.patches ?? []) {
    const operations = parse(path ? readFileSync(join(dir, path), 'utf8') : (patch ?? '')) as JsonOperation[];
    const matches = objects.filter(
      ({ kind, metadata }) => anchored(target.kind).test(kind) && anchored(target.name).test(metadata.name),
    );
    if (matches.length === 0)
      throw new Error(`${dir}: patch target ${JSON.stringify(target)} matches nothing`);
    for (const object of matches) applyJsonPatch(object, operations);
  }
  if (kustomization.namespace) for (const object of objects) setNamespace(object, kustomization.namespace);
  for (const label of kustomization.labels ?? []) for (const object of objects) addLabels(object, label);
  for (const { name, count } of kustomization.replicas ?? []) {
    const scaled = objects.find((object) => object.kind === 'Deployment' && object.metadata.name === name);
    if (!scaled?.spec) throw new Error(`${dir}: replicas: no Deployment ${name}`);
    scaled.spec.replicas = count;
  }
  for (const image of kustomization.images ?? []) setImage(objects, image, dir);
}

const anchored = (pattern = '.*'): RegExp => new RegExp(`^(?:${pattern})$`);

function setNamespace(object: Manifest, namespace: string): void {
  if (object.kind === 'Namespace') object.metadata.name = namespace;
  else if (!clusterScoped.has(object.kind)) object.metadata.namespace = namespace;
}

function addLabels(object: Manifest, label: { pairs: Labels; includeTemplates?: boolean }): void {
  object.metadata.labels = { ...object.metadata.labels, ...label.pairs };
  const template = object.spec?.template;
  if (!label.includeTemplates || !template) return;
  template.metadata = {
    ...template.metadata,
    labels: { ...template.metadata?.labels, ...label.pairs },
  };
}

function setImage(
  objects: Manifest[],
  { name, newName, newTag }: { name: string; newName?: string; newTag?: string },
  dir: string,
): void {
  const containers = objects.flatMap(({ spec }) => (spec?.template ? containersOf(spec.template) : []));
  const matches = containers.filter(({ image }) => image.replace(/:[^:/]*$/, '') === name);
  if (matches.length === 0) throw new Error(`${dir}: no container uses the image ${name}`);
  for (const container of matches) {
    const tag = newTag ?? /:([^:/]*)$/.exec(container.image)?.[1];
    container.image = tag === undefined ? (newName ?? name) : `${newName ?? name}:${tag}`;
  }
}

/**
 * kustomize's suffix: ten characters of a SHA-256 over the content, in an alphabet that spells no words. The name is
 * always empty in what it hashes; so is ours.
 */
function hashedName({ metadata, data }: Manifest): string {
  const sorted = Object.fromEntries(Object.entries(data ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
  const json = JSON.stringify({ data: sorted, kind: 'ConfigMap', name: '' }).replace(
    /[<>&]/g,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  );
  const replacements: Labels = { '0': 'g', '1': 'h', '3': 'k', a: 'm', e: 't' };
  const digest = createHash('sha256').update(json).digest('hex').slice(0, 10);
  return `${metadata.name}-${digest.replace(/[013ae]/g, (character) => replacements[character] ?? character)}`;
}

function renameConfigMapReferences({ spec }: Manifest, renamed: Map<string, string>): void {
  if (!spec?.template) return;
  const references = [
    ...containersOf(spec.template).flatMap(({ env, envFrom }) => [
      ...(env ?? []).map(({ valueFrom }) => valueFrom?.configMapKeyRef),
      ...(envFrom ?? []).map(({ configMapRef }) => configMapRef),
    ]),
    ...(spec.template.spec.volumes ?? []).map(({ configMap }) => configMap),
  ];
  for (const reference of references) {
    if (reference) reference.name = renamed.get(reference.name) ?? reference.name;
  }
}
