import { type CallerContext, newId, runAs, systemCaller } from '@parley/contracts';
import { schemaOf } from '@parley/persistence';
import { Client } from 'pg';
import { io, type Socket } from 'socket.io-client';
import { SOCKET_HANDLERS } from '../../apps/gateway/src/live/socket-handlers';
import { STATEFUL_SERVICES } from '../../apps/standalone/src/services';
import { idFieldsOf, OPERATIONS, type AnyOperation } from './doors';
import { forgedTokens } from './forged-tokens';
import type { Verdict } from './report';
import { sampleOf } from './samples';
import { type Stage, Strangers } from './stage';
import { tablesOf } from './victim';

/** Refusals for who asks, and others: those come before the wall and prove nothing about it. */
const HELD = new Set(['notFound', 'forbidden', 'unauthenticated']);
const BEFORE = new Set(['invalid', 'conflict', 'unprocessable', 'paymentRequired', 'rateLimited']);

type Told = Verdict & { outcome: string };

async function answerOf(
  { platform, victim }: Stage,
  operation: AnyOperation,
  caller: CallerContext,
  id: string,
): Promise<Told> {
  const ids = Object.fromEntries(idFieldsOf(operation).map((field) => [field, id]));
  const request = { ...sampleOf(operation), ...ids };
  try {
    const text = await runAs(caller, () => platform.rpc.forward(operation, request));
    return victim.isIn(text, [id])
      ? { outcome: 'answered', finding: 'told what belongs to the victim' }
      : { outcome: ANSWERED, unproved: true };
  } catch (error) {
    const { kind = '', code } = error as { kind?: string; code?: string };
    const outcome = code ?? String(error);
    if (HELD.has(kind)) return { outcome };
    return BEFORE.has(kind) ? { outcome, unproved: true } : { outcome, finding: 'broke' };
  }
}

const ANSWERED = 'answered with the own';
const READS = /\.(list|get|find)[\w-]*$/;

/** Operations behind the gateway, asked for another tenant's things; those that take no id are asked for one's own. */
export async function attackOperations(stage: Stage): Promise<void> {
  const strangers = new Strangers(stage.stranger);
  for (const operation of OPERATIONS) {
    const takesIds = idFieldsOf(operation).length > 0;
    for (const id of takesIds ? stage.victim.ids : [newId()]) {
      const { caller } = await strangers.current();
      const { outcome, ...verdict } = await answerOf(stage, operation, caller, id);
      // It may have ended the session, or the membership, that called it.
      if (outcome === ANSWERED && !READS.test(operation.name)) strangers.replace();
      const unproved = takesIds && verdict.unproved;
      stage.report.add('foreign id to an operation', operation.name, outcome, { ...verdict, unproved });
    }
  }
}

/** Operations reserved to super admins, asked by an owner. */
export async function attackOperationsByRole(stage: Stage): Promise<void> {
  const attacker = await stage.stranger();
  const { tenantId } = stage.victim.member;
  for (const operation of OPERATIONS.filter(({ role }) => role === 'super_admin')) {
    const { outcome, finding, unproved } = await answerOf(stage, operation, attacker.caller, tenantId);
    const wrong = outcome === ANSWERED ? 'was not forbidden' : finding;
    stage.report.add('operation of the platform by an owner', operation.name, outcome, {
      finding: wrong,
      unproved: unproved === true || outcome !== 'FORBIDDEN',
    });
  }
}

/** A service's login without a tenant sees no row of its own schema, and nothing at all of the others'. */
export async function attackSchemas({ platform, report }: Stage): Promise<void> {
  for (const { name: service } of STATEFUL_SERVICES) {
    const raw = new Client({ connectionString: platform.database.urlOf(service) });
    await raw.connect();
    try {
      for (const { name: owner } of STATEFUL_SERVICES) {
        for (const { schema, name, columns } of await tablesOf(platform, schemaOf(owner).schema)) {
          const rows = columns.includes('tenant_id') ? 'WHERE tenant_id IS NOT NULL' : '';
          const outcome = await raw.query(`SELECT 1 FROM ${schema}.${name} ${rows} LIMIT 1`).then(
            ({ rowCount }) => (rowCount === 0 ? 'no rows' : 'rows'),
            (error: Error) => (/permission denied/.test(error.message) ? 'denied' : error.message),
          );
          const right = owner === service ? ['no rows', 'denied'] : ['denied'];
          const finding = right.includes(outcome) ? undefined : `${service} reads ${schema}.${name}`;
          const attack = owner === service ? 'raw login without a tenant' : "raw login in another's schema";
          report.add(attack, `${schema}.${name}`, outcome, finding);
        }
      }
      for (const statement of [
        'SET row_security = off; SELECT 1',
        'SET ROLE postgres',
        'ALTER ROLE CURRENT_USER BYPASSRLS',
        'CREATE TABLE public.mine (x int)',
      ]) {
        const outcome = await raw.query(statement).then(
          () => 'done',
          (error: Error) => error.message.split(':')[0] ?? 'refused',
        );
        const harmless = statement.startsWith('SET row_security');
        const finding = outcome === 'done' && !harmless ? 'a service changed its own rights' : undefined;
        report.add('raw login reaching for more', `${service}: ${statement}`, outcome, finding);
        await raw.query('RESET row_security');
      }
    } finally {
      await raw.end();
    }
  }
}

const SOCKET_PATHS = ['/socket.io', '/agents-ws'];

/** Sockets: forged tokens are not admitted, and nobody hears another tenant's rooms. */
export async function attackSockets(stage: Stage): Promise<void> {
  const { platform, report, victim, stranger } = stage;
  const attacker = await stranger();
  for (const { kind, token } of await forgedTokens(platform, attacker)) {
    for (const path of SOCKET_PATHS) {
      const { socket, admitted } = await connect(platform.url, path, token);
      socket.disconnect();
      report.add(
        `socket: ${kind}`,
        path,
        admitted ? 'admitted' : 'refused',
        admitted ? 'was admitted' : undefined,
      );
    }
  }
  for (const path of SOCKET_PATHS) {
    for (const event of Object.keys(SOCKET_HANDLERS)) {
      // A socket of its own for each event: their number is limited.
      const { socket, admitted } = await connect(platform.url, path, attacker.accessToken);
      report.assertSetUp(`the attacker's own socket for ${event}`, admitted);
      const heard: string[] = [];
      socket.onAny((_name: string, payload: unknown) => heard.push(JSON.stringify(payload)));
      for (const id of victim.ids.slice(0, IDS_PER_SOCKET)) {
        for (const input of socketInputs(id)) {
          const answer = await ask(socket, event, input);
          const finding = victim.isIn(answer, [id]) ? 'told what belongs to the victim' : undefined;
          report.add('socket: foreign room', `${path} ${event}`, outcomeOf(answer), finding);
        }
      }
      const sent = victim.ids.slice(0, IDS_PER_SOCKET);
      const leaked = heard.some((text) => victim.isIn(text, sent));
      const outcome = heard.length > 0 ? 'refusals heard' : 'nothing heard';
      report.add(
        'socket: listening',
        `${path} ${event}`,
        outcome,
        leaked ? 'heard another tenant' : undefined,
      );
      socket.disconnect();
    }
  }
}

async function connect(
  url: string,
  path: string,
  token: string,
): Promise<{ socket: Socket; admitted: boolean }> {
  const socket = io(url, {
    path,
    auth: { token },
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
  });
  const admitted = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('connect_error', () => resolve(false));
  });
  return { socket, admitted };
}

const IDS_PER_SOCKET = 8;
const UNANSWERED_MS = 2_000;

/** The shapes in which client events name a thing. */
const socketInputs = (id: string): unknown[] => [
  id,
  { id },
  { conversationId: id },
  { conversationId: id, messageId: id },
  { conversationId: id, message: 'x' },
  { messageId: id },
  { agentId: id },
];

/** The acknowledgement, or the refusal that comes as an event. */
function ask(socket: Socket, event: string, input: unknown): Promise<string> {
  return new Promise((resolve) => {
    const done = (answer: unknown): void => {
      clearTimeout(timer);
      socket.off('agent:error', done);
      resolve(JSON.stringify(answer ?? null));
    };
    const timer = setTimeout(() => done('unanswered'), UNANSWERED_MS);
    socket.once('agent:error', done);
    socket.emit(event, input, done);
  });
}

function outcomeOf(answer: string): string {
  return /"code":"(\w+)"/.exec(answer)?.[1] ?? (answer.includes('unanswered') ? 'unanswered' : 'answered');
}

/** Nobody at all, as a bug in the gateway might let through. */
export async function attackAsNobody(stage: Stage): Promise<void> {
  for (const operation of OPERATIONS) {
    for (const id of idFieldsOf(operation).length > 0 ? stage.victim.ids.slice(0, 5) : [newId()]) {
      const { outcome, finding } = await answerOf(stage, operation, systemCaller(newId()), id);
      const told = finding === 'told what belongs to the victim' ? finding : undefined;
      stage.report.add('operation without a caller', operation.name, outcome, told);
    }
  }
}
