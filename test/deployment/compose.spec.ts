import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compose, composeText, platform, root, service } from './compose-file';
import { isSecretName } from './workload-rules';

const all = Object.entries(compose.services);
const ours = all.filter(([, { build }]) => build);
const oneShots = all.filter(([name]) => name.startsWith('migrate-'));

describe('docker-compose.yml', () => {
  it('runs the seven services, their migrations, the sandbox and what they stand on', () => {
    expect(all.map(([name]) => name).sort()).toEqual(
      [
        ...platform,
        ...platform.map((name) => `migrate-${name}`),
        ...['sandbox', 'postgres', 'rabbitmq', 'redis', 'prometheus', 'grafana'],
      ].sort(),
    );
  });

  it('checks the health of everything that stays', () => {
    const unchecked = all.filter(([, { healthcheck }]) => !healthcheck?.test).map(([name]) => name);

    expect(unchecked.sort()).toEqual(oneShots.map(([name]) => name).sort());
  });

  it('builds each of ours from its own target and runs it unprivileged', () => {
    for (const [name, container] of ours) {
      expect([name, container.build?.target]).toEqual([name, name.replace(/^migrate-/, '')]);
      expect(container).toMatchObject({
        user: '10001:10001',
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
    }
    expect(ours).toHaveLength(15);
  });

  it('publishes four doors, and only to this machine', () => {
    const published = all.flatMap(([name, { ports = [] }]) => ports.map((port) => `${name} ${port}`));

    expect(published.sort()).toEqual([
      'gateway 127.0.0.1:3000:3000',
      'grafana 127.0.0.1:3030:3000',
      'sandbox 127.0.0.1:4010:4010',
      'telephony-ingest 127.0.0.1:3001:3001',
    ]);
  });

  it('starts a service only when its schema is current and what it needs answers', () => {
    for (const name of platform) {
      expect(service(name).depends_on).toMatchObject({
        postgres: { condition: 'service_healthy' },
        rabbitmq: { condition: 'service_healthy' },
        redis: { condition: 'service_healthy' },
        [`migrate-${name}`]: { condition: 'service_completed_successfully' },
      });
      expect(service(`migrate-${name}`).command).toEqual([`dist/apps/${name}/src/main.js`, 'migrate']);
    }
  });

  it('keeps the data stores off every network that leads out', () => {
    expect(compose.networks['data']).toEqual({ internal: true });
    for (const name of ['postgres', 'rabbitmq', 'redis']) expect(service(name).networks).toEqual(['data']);
  });

  it('gives every service a database login of its own, and the owner to migrations alone', () => {
    const logins = platform.map((name) => service(name).environment?.['DATABASE_URL'] ?? '');
    const owners = all.filter(([, { environment }]) => environment && 'DATABASE_OWNER_URL' in environment);

    expect(new Set(logins.map((url) => /\/\/(\w+):\$\{(\w+):/.exec(url)?.slice(1).join(' '))).size).toBe(7);
    expect(owners.map(([name]) => name)).toEqual(oneShots.map(([name]) => name));
  });

  it('mounts only what is there', () => {
    const sources = all.flatMap(([, { volumes = [] }]) =>
      volumes.map((volume) => volume.split(':')[0] ?? ''),
    );

    for (const source of sources) {
      expect([
        source,
        source.startsWith('.') ? existsSync(join(root, source)) : source in compose.volumes,
      ]).toEqual([source, true]);
    }
  });
});

describe('secrets and settings of docker compose', () => {
  /** `${NAME}`, `${NAME:-default}`, `${NAME:?message}`; `$$` is a literal dollar. */
  const used = [...composeText.matchAll(/(?<!\$)\$\{(\w+)(:[-?])?/g)].map(([, name = '', operator]) => ({
    name,
    operator,
  }));
  const passedOn = all.flatMap(([, { environment = {} }]) =>
    Object.keys(environment).filter((name) => environment[name] === null),
  );
  const example = readFileSync(join(root, '.env.example'), 'utf8');
  const documented = [...example.matchAll(/^(?:# )?([A-Z][A-Z0-9_]*)=(.*)$/gm)];

  it('are all in .env.example, which holds nothing else', () => {
    const names = new Set([...used.map(({ name }) => name), ...passedOn]);

    expect(documented.map(([, name]) => name).sort()).toEqual([...names].sort());
  });

  it('stop the start with a message when a secret is missing', () => {
    const lenient = used.filter(({ name, operator }) => isSecretName(name) && operator !== ':?');
    const careless = used.filter(({ operator }) => operator === undefined);

    expect(lenient).toEqual([]);
    expect(careless).toEqual([]);
    expect(used.filter(({ operator }) => operator === ':?').length).toBeGreaterThan(10);
  });

  it('have no value in .env.example where they are secret', () => {
    const revealed = documented.filter(([, name = '', value]) => isSecretName(name) && value !== '');

    expect(revealed).toEqual([]);
  });

  it('are never written into the file itself', () => {
    const inline = all.flatMap(([name, { environment = {} }]) =>
      Object.entries(environment)
        .filter(
          ([key, value]) =>
            (isSecretName(key) || /PASS/.test(key)) && value !== null && !value.includes('${'),
        )
        .map(([key]) => `${name} ${key}`),
    );

    expect(inline).toEqual([]);
  });
});
