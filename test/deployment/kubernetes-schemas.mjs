/**
 * Reads `[{ id, object }]` on stdin and prints the faults found as JSON lines of text. A program of its own because
 * kubernetes-models has no CommonJS entry for Jest to load.
 *
 * Its validators carry the API's types, enumerations and formats but let unknown fields pass, so a mistyped
 * `resorces` would be valid; its type declarations, made from the same schemas, catch those.
 */
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Namespace } from 'kubernetes-models/v1/Namespace';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';

const models = [
  ConfigMap,
  Deployment,
  HorizontalPodAutoscaler,
  Ingress,
  Job,
  Namespace,
  NetworkPolicy,
  PodDisruptionBudget,
  Service,
  ServiceAccount,
];
const modelOf = ({ apiVersion, kind }) =>
  models.find((model) => model.apiVersion === apiVersion && model.kind === kind);

const entries = JSON.parse(readFileSync(0, 'utf8'));
const faults = entries.flatMap(validate);
faults.push(...unknownFields(entries.filter(({ object }) => modelOf(object))));
console.log(JSON.stringify(faults));

function validate({ id, object }) {
  const model = modelOf(object);
  if (!model) return [`${id}: no schema for ${object.apiVersion} ${object.kind}`];
  try {
    new model(object).validate();
    return [];
  } catch (error) {
    return [`${id}: ${error.message}`];
  }
}

/** One object per line, so that the line of a complaint names its object. */
function unknownFields(known) {
  const header = models.map(
    ({ apiVersion, kind }) => `import type { I${kind} } from 'kubernetes-models/${apiVersion}/${kind}';`,
  );
  const lines = known.map(
    ({ object }, index) => `export const object${index}: I${object.kind} = ${JSON.stringify(object)};`,
  );
  const file = new URL('manifests.virtual.mts', import.meta.url).pathname;
  const options = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts'],
    types: [],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === file
      ? ts.createSourceFile(name, [...header, ...lines].join('\n'), options.target)
      : getSourceFile(name, ...rest);
  const program = ts.createProgram([file], options, host);
  const source = program.getSourceFile(file);
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
    (fault) => {
      const line = source.getLineAndCharacterOfPosition(fault.start).line - header.length;
      return `${known[line]?.id ?? 'schemas'}: ${ts.flattenDiagnosticMessageText(fault.messageText, ' ')}`;
    },
  );
}
