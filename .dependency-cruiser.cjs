'use strict';
// Boundaries (STYLE 1 and 2). Who may import whom follows from the tags in each project.json.
const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

/** Libraries may use those before them. */
const LAYERS = ['contracts', 'persistence', 'messaging', 'files', 'platform', 'testing'];
const TAGS = { scope: ['service', 'shared'], type: ['app', 'contract', 'platform', 'testing'] };

function projectsIn(folder) {
  return readdirSync(join(__dirname, folder))
    .filter((name) => existsSync(join(__dirname, folder, name, 'src')))
    .map((name) => ({ name, path: `${folder}/${name}`, ...tagsOf(`${folder}/${name}/project.json`) }));
}

function tagsOf(file) {
  const { tags } = JSON.parse(readFileSync(join(__dirname, file), 'utf8'));
  const read = (kind) => {
    const [value, ...more] = tags
      .filter((tag) => tag.startsWith(`${kind}:`))
      .map((tag) => tag.slice(kind.length + 1));
    if (more.length > 0 || !TAGS[kind].includes(value))
      throw new Error(`${file} needs one ${kind}: tag of ${TAGS[kind]}`);
    return value;
  };
  return { scope: read('scope'), type: read('type') };
}

const projects = [...projectsIn('apps'), ...projectsIn('libs')];
const apps = projects.filter(({ type }) => type === 'app');
const libraries = projects.filter(({ type }) => type !== 'app');
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
const TEST_FILE = '\\.(spec|int-spec|e2e-spec)\\.ts$|^(apps|libs)/[^/]+/test/';

/** A service never imports another app. The shared app (standalone) starts them all, through their entry points. */
const appRules = apps.flatMap(({ path, scope }) => {
  const others = { path: '^apps/', pathNot: [`^${path}/`] };
  const entry = '^apps/[^/]+/src/index\\.ts$';
  const tests = '(/test/|\\.(int|e2e)-spec\\.ts$)';
  if (scope === 'shared') {
    const throughEntries = { ...others, pathNot: [...others.pathNot, entry] };
    return [
      forbid(
        `${path}-uses-entry-points`,
        'of another app only src/index.ts',
        { path: `^${path}/` },
        throughEntries,
      ),
    ];
  }
  const sandbox = { ...others, pathNot: [...others.pathNot, '^apps/sandbox/src/index\\.ts$'] };
  return [
    forbid(
      `${path}-stands-alone`,
      'services meet in contracts and on the broker',
      { path: `^${path}/`, pathNot: tests },
      others,
    ),
    forbid(
      `${path}-tests-with-sandbox`,
      'tests may start the sandbox',
      { path: `^${path}.*${tests}` },
      sandbox,
    ),
  ];
});

const layerRules = libraries.map(({ name, path }) => {
  const allowed = LAYERS.slice(0, LAYERS.indexOf(name) + 1);
  if (allowed.length === 0) throw new Error(`${path} has no place among the layers: ${LAYERS}`);
  return forbid(
    `${path}-keeps-its-layer`,
    `may use ${allowed.join(', ')}`,
    { path: `^${path}/`, pathNot: TEST_FILE },
    { path: '^(apps|libs)/', pathNot: allowed.map((layer) => `^libs/${layer}/`) },
  );
});

const entryRules = libraries.map(({ path }) =>
  forbid(
    `${path}-by-entry-point`,
    'other projects see only what the entry point shows',
    { pathNot: `^${path}/` },
    {
      path: `^${path}/`,
      pathNot: `^${path}/src/index\\.ts$`,
    },
  ),
);

const testing = libraries.filter(({ type }) => type === 'testing').map(({ path }) => `^${path}/`);

module.exports = {
  forbidden: [
    ...appRules,
    ...layerRules,
    ...entryRules,
    forbid('libraries-know-no-app', 'also not in tests', { path: '^libs/' }, { path: '^apps/' }),
    forbid(
      'testing-only-in-tests',
      'production code does not carry the test kit',
      { path: '^(apps|libs)/', pathNot: [TEST_FILE, ...testing] },
      { path: testing },
    ),
    forbid(
      'rules-know-no-framework',
      'the file named after its feature holds the rules: no Nest, TypeORM or DTO',
      { path: ['^apps/[^/]+/src/([^/]+?)s?/\\1\\.ts$', '^apps/.*[-/](rules|state-machine|policy)\\.ts$'] },
      { path: 'node_modules/(@nestjs|typeorm)/|\\.dto\\.ts$', dependencyTypesNot: ['type-only'] },
    ),
    forbid(
      'no-cycles',
      'two files that need each other are one file, or miss a third',
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),
    forbid('no-unresolvable', 'every import must be found', {}, { couldNotResolve: true }),
    forbid(
      'no-undeclared-packages',
      'what is imported stands in package.json; tools of development stay out of production code',
      { path: '^(apps|libs)/', pathNot: [TEST_FILE, ...testing] },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    ),
  ],
  options: {
    tsConfig: { fileName: join(__dirname, 'tsconfig.json') },
    tsPreCompilationDeps: 'specify',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
    skipAnalysisNotInRules: true,
  },
};
