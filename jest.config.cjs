'use strict';
// Three sizes of test (STYLE 9), one jest project each. Files named *.serial.* disturb what others share and run alone.
const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const { baseUrl, paths, ...jsc } = JSON.parse(readFileSync(join(__dirname, '.swcrc'), 'utf8')).jsc;
const libraries = Object.keys(paths).map((name) => name.replace('@parley/', ''));
const typescript = ['@swc/jest', { swcrc: false, sourceMaps: true, module: { type: 'commonjs' }, jsc }];

const common = {
  rootDir: __dirname,
  roots: ['apps', 'libs', 'test', 'tools', 'bench']
    .map((folder) => join(__dirname, folder))
    .filter((folder) => existsSync(folder)),
  testEnvironment: 'node',
  setupFilesAfterEnv: ['<rootDir>/tools/jest-timeout.cjs'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  transformIgnorePatterns: [],
  transform: { '^.+\\.ts$': typescript, 'node_modules/.+\\.m?js$': '<rootDir>/jest-esm-deps.cjs' },
  moduleNameMapper: { [`^@parley/(${libraries.join('|')})$`]: '<rootDir>/libs/$1/src/index.ts' },
};

const real = { ...common, globalSetup: '<rootDir>/tools/jest-servers.cjs' };
const serial = '\\.serial\\.(int|e2e)-spec\\.ts$';

module.exports = {
  projects: [
    { ...common, displayName: 'unit', testRegex: '\\.spec\\.ts$' },
    {
      ...real,
      displayName: 'integration',
      testRegex: '\\.int-spec\\.ts$',
      testPathIgnorePatterns: ['/node_modules/', serial],
    },
    {
      ...real,
      displayName: 'e2e',
      testRegex: '/test/.*\\.e2e-spec\\.ts$',
      testPathIgnorePatterns: ['/node_modules/', serial],
    },
    { ...real, displayName: 'serial', testRegex: serial },
  ],
  maxWorkers: 2,
  coverageProvider: 'v8',
  coverageDirectory: 'coverage',
  coverageReporters: ['text-summary', 'lcov'],
  collectCoverageFrom: [
    '{apps,libs}/*/src/**/*.ts',
    '!**/*.{spec,int-spec}.ts',
    '!**/{main,index}.ts',
    '!**/migrations/**',
    '!**/*.module.ts',
  ],
  coverageThreshold: { global: { lines: 80 } },
};
