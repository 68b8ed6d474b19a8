import { defineConfig } from 'eslint/config';
import { builtinRules } from 'eslint/use-at-your-own-risk';
import tseslint from 'typescript-eslint';

const tests = ['**/*.{spec,int-spec,e2e-spec}.ts', '{apps,libs}/*/test/**', 'test/**', 'libs/testing/**'];
/** Where the environment may be read: configuration, and programs of the workspace itself. */
const environmentReaders = [
  '**/config.ts',
  '**/config.spec.ts',
  // The start of a process hands its environment to config.
  '**/main.ts',
  'apps/standalone/src/settings.ts',
  'libs/platform/src/run-service.ts',
  'libs/testing/**',
  '{apps,libs}/*/test/**',
];

const noSwitchedOffTests = [
  {
    selector: 'MemberExpression[object.name=/^(describe|it|test)$/][property.name=/^(skip|only|todo)$/]',
    message: 'A test that is switched off is deleted or fixed.',
  },
  {
    selector: 'CallExpression[callee.name=/^(xit|xdescribe|xtest|fit|fdescribe)$/]',
    message: 'No switched-off tests.',
  },
];

/** ESLint's recommended set, which comes in a package of its own that we do without. */
const recommended = Object.fromEntries(
  [...builtinRules].filter(([, rule]) => rule.meta.docs.recommended).map(([name]) => [name, 'error']),
);

export default defineConfig(
  { ignores: ['dist/**', 'coverage/**', '.data/**', '.nx/**', 'node_modules/**', 'docs/**', '**/*.d.ts'] },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  { rules: recommended },
  {
    rules: {
      // Texts are cleaned of control characters on purpose.
      'no-control-regex': 'off',
      'no-unused-vars': ['error', { ignoreRestSiblings: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-empty': ['error', { allowEmptyCatch: false }],
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'], location: 'start' }],
    },
  },
  {
    files: ['**/*.{cjs,mjs,js}'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'require',
          'module',
          'process',
          '__dirname',
          'Buffer',
          'URL',
          'fetch',
          'console',
          'setTimeout',
          'jest',
          'expect',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommended],
    languageOptions: {
      parserOptions: { project: ['./tsconfig.json'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/ban-ts-comment': [
        'error',
        { 'ts-ignore': true, 'ts-expect-error': true, 'ts-nocheck': true, 'ts-check': true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // consistent-type-imports stays off: decorator metadata needs injected classes as values.
      'no-restricted-imports': [
        'error',
        {
          patterns: [{ group: ['@parley/*/*'], message: 'Import a library by its entry point.' }],
          paths: [
            {
              name: 'node:process',
              message: 'Use the global process; the environment is read in config.ts.',
            },
            { name: 'process', message: 'Use the global process; the environment is read in config.ts.' },
          ],
        },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
      ],
      'no-console': 'error',
    },
  },
  {
    files: ['{apps,libs}/**/*.ts'],
    ignores: environmentReaders,
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'config.ts is the only reader of the environment.' },
      ],
    },
  },
  { files: tests, rules: { 'no-restricted-syntax': ['error', ...noSwitchedOffTests] } },
);
