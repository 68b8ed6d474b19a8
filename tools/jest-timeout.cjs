'use strict';
// Patience by size of test. (Jest reads testTimeout once for all projects, not per project.)
const { testPath = '' } = expect.getState();
const seconds = /\.e2e-spec\.ts$|\.serial\./.test(testPath) ? 120 : /\.int-spec\.ts$/.test(testPath) ? 30 : 5;
jest.setTimeout(seconds * 1000);
