import { newId } from '@parley/contracts';
import { eventually } from '@parley/testing';
import { ruleOf } from '../../apps/gateway/src/edge/impersonation-rules';
import { doorsOf, nameOf, pathWith, payloadOf, takesId, writes } from './doors';
import { forgedTokens } from './forged-tokens';
import { codeOf, isUnknown, type Stage, Strangers, textOf, wallAt } from './stage';

/** Nobody's and everybody's wrong token at every door: 401 wherever a permission is asked for, never a fault. */
export async function attackWithTokens({ platform, report, stranger }: Stage): Promise<void> {
  const doors = (await doorsOf(platform)).filter((door) => !door.public);
  const tokens = [{ kind: 'none', token: undefined }, ...(await forgedTokens(platform, await stranger()))];
  for (const { kind, token } of tokens) {
    for (const door of doors) {
      const answer = await platform.call(door.method, pathWith(door, newId()), {
        ...(token === undefined ? {} : { token }),
        ...payloadOf(door),
      });
      const held = isUnknown(answer);
      report.add(
        `token: ${kind}`,
        nameOf(door),
        codeOf(answer),
        held ? undefined : 'was not refused as unknown',
      );
    }
  }
}

/** A session that has ended opens nothing more. */
export async function attackWithEndedSession({ platform, report, stranger }: Stage): Promise<void> {
  const member = await stranger();
  const end = await platform.call('POST', '/v1/auth/logout', { token: member.accessToken, body: {} });
  report.assertSetUp('logout', end.status === 204);
  // The news of it may take five seconds to every gateway.
  await eventually(async () => {
    const { status } = await platform.call('GET', '/v1/users/me', { token: member.accessToken });
    if (status !== 401) throw new Error('the session is still good');
  }, 5_000);
  for (const door of (await doorsOf(platform)).filter(({ public: open }) => !open)) {
    const answer = await platform.call(door.method, pathWith(door, newId()), {
      token: member.accessToken,
      ...payloadOf(door),
    });
    const held = isUnknown(answer);
    report.add(
      'token: of an ended session',
      nameOf(door),
      codeOf(answer),
      held ? undefined : 'still opens doors',
    );
  }
}

/** The victim's ids in the paths of another tenant's requests: nothing is found, nothing changes. */
export async function attackWithForeignIds({ platform, report, victim, stranger }: Stage): Promise<void> {
  const doors = (await doorsOf(platform)).filter((door) => takesId(door) && !door.public);
  const strangers = new Strangers(stranger);
  for (const door of doors) {
    for (const id of victim.ids) {
      const answer = await platform.call(door.method, pathWith(door, id), {
        token: (await strangers.current()).accessToken,
        ...payloadOf(door),
      });
      strangers.replaceAfter(door, answer);
      const verdict = victim.isIn(textOf(answer), [id])
        ? 'told what belongs to the victim'
        : wallAt(answer, [403, 404], 'answered a foreign id');
      report.add('foreign id in the path', nameOf(door), codeOf(answer), verdict);
    }
  }
}

/** The victim's ids as filters: whatever comes back is the asker's own. */
export async function attackWithForeignFilters({ platform, report, victim, stranger }: Stage): Promise<void> {
  const attacker = await stranger();
  const names = ['tenantId', 'userId', 'agentId', 'endpointId', 'conversationId', 'cursor', 'q', 'id'];
  const lists = (await doorsOf(platform)).filter(
    (door) => door.method === 'GET' && !door.public && !door.template.includes('{'),
  );
  for (const door of lists) {
    for (const name of names) {
      for (const id of [victim.member.tenantId, victim.member.userId, victim.ids[0] ?? '']) {
        const path = `${door.template}?${name}=${id}`;
        const answer = await platform.call('GET', path, { token: attacker.accessToken });
        const finding = victim.isIn(textOf(answer), [id])
          ? 'told what belongs to the victim'
          : answer.status >= 500
            ? 'broke'
            : undefined;
        report.add('foreign id as a filter', nameOf(door), codeOf(answer), finding);
      }
    }
  }
}

/** Headers by which services tell each other who asks: from outside they say nothing. */
export async function attackWithHeaders({ platform, report, victim, stranger }: Stage): Promise<void> {
  const { tenantId, userId } = victim.member;
  const headers = {
    'x-tenant-id': tenantId,
    'x-user-id': userId,
    'x-roles': 'owner,super_admin',
    'x-scopes': 'calls:read',
    'x-impersonator-id': userId,
    'x-impersonation-id': newId(),
    'x-forwarded-user': userId,
    'x-original-url': '/v1/admin/tenants',
    'x-rewrite-url': '/v1/admin/tenants',
    'x-http-method-override': 'DELETE',
  };
  const attacker = await stranger();
  for (const door of (await doorsOf(platform)).filter(
    ({ method, template }) => method === 'GET' && !template.includes('{'),
  )) {
    for (const token of [attacker.accessToken, undefined]) {
      const answer = await platform.call('GET', door.template, { headers, ...(token ? { token } : {}) });
      const open = answer.status < 300 && !door.public && (!token || door.platform);
      const finding = open
        ? 'believed a header'
        : victim.isIn(textOf(answer), [userId, tenantId])
          ? 'told what belongs to the victim'
          : undefined;
      report.add('headers of the inside from outside', nameOf(door), codeOf(answer), finding);
    }
  }
}

/** Tenants at the platform's own doors. */
export async function attackAdministration({ platform, report, victim, stranger }: Stage): Promise<void> {
  const doors = (await doorsOf(platform)).filter((door) => door.platform && !door.public);
  const strangers = new Strangers(stranger);
  for (const door of doors) {
    const attacker = await strangers.current();
    for (const id of [attacker.userId, victim.member.userId, victim.member.tenantId]) {
      const answer = await platform.call(door.method, pathWith(door, id), {
        token: attacker.accessToken,
        ...payloadOf(door),
      });
      strangers.replaceAfter(door, answer);
      const verdict = victim.isIn(textOf(answer), [id])
        ? 'told what belongs to the victim'
        : wallAt(answer, [403], 'let a tenant administer');
      report.add('a tenant at the doors of the platform', nameOf(door), codeOf(answer), verdict);
    }
  }
}

/** A super admin acting as somebody: what a look may not change, and what nobody may ever do in another's name. */
export async function attackByImpersonation({
  platform,
  report,
  victim,
  stranger,
  admin,
}: Stage): Promise<void> {
  const target = await stranger();
  for (const mode of ['read', 'write'] as const) {
    const grant = await platform.call<{ accessToken?: string }>('POST', '/v1/admin/impersonations', {
      token: admin.accessToken,
      body: { userId: target.userId, tenantId: target.tenantId, mode, reason: 'trying every door' },
    });
    const token = grant.body.accessToken ?? '';
    const { status } = await platform.call('GET', '/v1/users/me', { token });
    report.assertSetUp(`impersonation to ${mode}`, grant.status === 201 && status === 200);
    for (const door of await doorsOf(platform)) {
      const rule = ruleOf(door.permission);
      const forbidden = rule === 'never' || (rule !== 'always' && mode === 'read' && door.method !== 'GET');
      if (!forbidden || door.public) continue;
      const answer = await platform.call(door.method, pathWith(door, victim.ids[0] ?? newId()), {
        token,
        ...payloadOf(door),
      });
      const open = 'was done in the name of somebody else';
      report.add(`impersonation: ${mode}`, nameOf(door), codeOf(answer), wallAt(answer, [403], open));
    }
  }
}

/** One client's Idempotency-Key under another's token: the answer kept for the one is not the other's. */
export async function attackByIdempotencyKey({ platform, report, victim, stranger }: Stage): Promise<void> {
  const attacker = await stranger();
  const requests = [
    { path: '/v1/conversations', body: { personaId: 'closer', title: 'private' } },
    { path: '/v1/service-tokens', body: { name: 'shared', scopes: ['calls:read'] } },
    { path: '/v1/tenants', body: { name: 'Shared' } },
  ];
  const { accessToken } = victim.member;
  for (const { path, body } of requests) {
    const headers = { 'idempotency-key': `attack-${newId()}` };
    const first = await platform.call('POST', path, { token: accessToken, body, headers });
    const id = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(textOf(first))?.[0] ?? '';
    report.assertSetUp(`the first POST ${path}`, first.status === 201 && id !== '');
    const second = await platform.call('POST', path, { token: attacker.accessToken, body, headers });
    const replayed = second.headers.get('idempotency-replayed') === 'true' || textOf(second).includes(id);
    report.add(
      "another's Idempotency-Key",
      `POST ${path}`,
      `${codeOf(first)} then ${codeOf(second)}`,
      replayed ? "gave the other's answer" : undefined,
    );
  }
}

/** Who holds the permission is not refused for the body: so the bodies of the attacks before were no reason to refuse. */
export async function tryBodies({ platform, report, stranger, admin }: Stage): Promise<void> {
  const strangers = new Strangers(stranger);
  for (const door of (await doorsOf(platform)).filter((each) => writes(each) && !each.public)) {
    const { accessToken } = door.platform ? admin : await strangers.current();
    const answer = await platform.call(door.method, pathWith(door, newId()), {
      token: accessToken,
      ...payloadOf(door),
    });
    strangers.replaceAfter(door, answer);
    report.add(
      'control: the bodies sent are valid',
      nameOf(door),
      answer.status === 400 ? textOf(answer) : codeOf(answer),
      {
        unproved: answer.status === 400,
      },
    );
  }
}

const RUBBISH: readonly { kind: string; body: string; type?: string }[] = [
  { kind: 'no JSON', body: '{"a":' },
  { kind: 'a list', body: '[1,2,3]' },
  { kind: 'a number', body: '7' },
  { kind: 'null', body: 'null' },
  { kind: 'unknown fields', body: '{"isAdmin":true,"tenantId":"x","role":"super_admin"}' },
  { kind: 'prototype', body: '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}' },
  { kind: 'deep', body: `${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}` },
  { kind: 'zero bytes', body: '{"name":"\\u0000","email":"\\u0000@x.y"}' },
  {
    kind: 'XML',
    body: '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    type: 'application/xml',
  },
];

/** Whatever is sent, the answer is a refusal that names the fault, never a fault of ours. */
export async function attackWithRubbish({ platform, report, stranger }: Stage): Promise<void> {
  const ids = [newId(), "'; DROP TABLE users; --", '%00', '..%2f..%2fetc%2fpasswd', 'x'.repeat(3_000), '0'];
  const strangers = new Strangers(stranger);
  for (const door of await doorsOf(platform)) {
    if (writes(door)) {
      for (const { kind, body, type = 'application/json' } of RUBBISH) {
        const answer = await platform.call(door.method, pathWith(door, newId()), {
          token: (await strangers.current()).accessToken,
          body,
          headers: { 'content-type': type },
        });
        strangers.replaceAfter(door, answer);
        report.add(
          `rubbish: ${kind}`,
          nameOf(door),
          codeOf(answer),
          answer.status >= 500 ? 'broke' : undefined,
        );
      }
    }
    if (!door.template.includes('{')) continue;
    for (const id of ids) {
      const path = door.template.replace(/\{\w+\}/g, id.includes('%') ? id : encodeURIComponent(id));
      const answer = await platform.call(door.method, path, {
        token: (await strangers.current()).accessToken,
        ...payloadOf(door),
      });
      strangers.replaceAfter(door, answer);
      report.add(
        'rubbish: as an id',
        nameOf(door),
        codeOf(answer),
        answer.status >= 500 ? 'broke' : undefined,
      );
    }
  }
}
