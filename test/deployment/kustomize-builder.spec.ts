import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { buildKustomization } from './kustomize';
import type { Manifest } from './manifest';

const fixtures = join(__dirname, 'fixtures', 'kustomize');
const byName = (objects: Manifest[]): Record<string, Manifest> =>
  Object.fromEntries(objects.map((object) => [`${object.kind}/${object.metadata.name}`, object]));

describe('kustomize builder', () => {
  it('builds what the real kustomize builds', () => {
    const expected = parseAllDocuments(readFileSync(join(fixtures, 'expected.yaml'), 'utf8'));

    const built = buildKustomization(join(fixtures, 'overlay'));

    expect(byName(built)).toEqual(byName(expected.map((document) => document.toJS() as Manifest)));
    expect(built).toHaveLength(expected.length);
  });

  describe('given a kustomization', () => {
    let dir: string;
    beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'parley-kustomize-'))));
    afterEach(() => rmSync(dir, { recursive: true }));

    const build = (kustomization: string): Manifest[] => {
      writeFileSync(
        join(dir, 'account.yaml'),
        'apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: one }\n',
      );
      writeFileSync(join(dir, 'kustomization.yaml'), `resources: [account.yaml]\n${kustomization}\n`);
      return buildKustomization(dir);
    };

    it.each([
      ['a field it does not implement', 'namePrefix: x-', '"namePrefix" is not implemented'],
      [
        'an option it does not implement',
        'labels: [{ pairs: {}, includeSelectors: true }]',
        '"labels.includeSelectors"',
      ],
      ['a patch without a target', 'patches: [{ target: { name: two }, patch: "[]" }]', 'matches nothing'],
      ['an image nobody runs', 'images: [{ name: acme/web, newTag: "1" }]', 'no container uses'],
      ['replicas of nothing', 'replicas: [{ name: web, count: 2 }]', 'no Deployment web'],
      [
        'a merge into nothing',
        'configMapGenerator: [{ name: a, behavior: merge, literals: [] }]',
        'no ConfigMap a',
      ],
      [
        'a patch of what is not there',
        'patches: [{ target: { kind: ServiceAccount }, patch: "[{ op: replace, path: /secrets, value: [] }]" }]',
        'no such value',
      ],
    ])('refuses %s', (_, kustomization, message) => {
      expect(() => build(kustomization)).toThrow(message);
    });
  });
});
