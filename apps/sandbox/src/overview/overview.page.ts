import type { SentLog } from '../delivery/sent-log';
import { NO_FAULTS, type FaultSwitches } from '../faults/fault-switches';
import type { Mailbox } from '../mail/mailbox';
import type { OAuthWorld } from '../oauth/oauth-authorize';
import type { Receivers } from '../receiver/receivers';
import type { SimulatedStripe } from '../stripe/stripe';
import type { TwilioStore } from '../twilio/twilio-store';
import type { VapiStore } from '../vapi/vapi-store';
import { Html, html } from './html';

export interface OverviewSources {
  faults: FaultSwitches;
  sent: SentLog;
  mailbox: Mailbox;
  receivers: Receivers;
  stripe: SimulatedStripe;
  twilio: TwilioStore;
  vapi: VapiStore;
  oauth: OAuthWorld;
}

const SHOWN = 25;
const REFRESH_SECONDS = 5;
const VERDICTS: Record<string, string> = { true: 'verified', false: 'not verified', null: 'not checked' };
const VERDICT_CLASSES: Record<string, string> = { true: 'good', false: 'bad', null: 'dim' };

const STYLE = new Html(`
  :root { color-scheme: light dark; --line: light-dark(#d9dde3, #363c45); --dim: light-dark(#667085, #98a2b3); }
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }
  h1 { font-size: 1.4rem; margin: 0; } h2 { font-size: 1.05rem; margin: 2rem 0 .4rem; }
  h2 small, .dim { color: var(--dim); font-weight: normal; }
  table { border-collapse: collapse; width: 100%; font-size: .9rem; }
  th, td { text-align: left; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
  td { overflow-wrap: anywhere; } details pre { white-space: pre-wrap; max-height: 20rem; overflow: auto; }
  .good { color: light-dark(#12752d, #6ece88); } .bad { color: light-dark(#b42318, #ff9b8f); font-weight: 600; }
`);

/** Everything at a glance, newest first; it reloads by itself until it is paused. */
export function overviewPage(sources: OverviewSources, paused: boolean): string {
  const refresh = html`<meta http-equiv="refresh" content="${REFRESH_SECONDS}" />`;
  return `<!doctype html>${
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        ${paused ? null : refresh}
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Parley sandbox</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <h1>Parley sandbox</h1>
        <p class="dim">
          Simulated Twilio, Vapi, Stripe, Anthropic, Resend, n8n, and sign-in with Google, LinkedIn and
          Facebook.
          ${paused ? html`<a href="/">Refresh</a>` : html`Refreshes every ${REFRESH_SECONDS} s, <a href="/?paused">pause</a>.`}
        </p>
        ${[faultsSection(sources), receivedSection(sources), sentSection(sources)]}
        ${[smsSection(sources), mailSection(sources), callsSection(sources)]}
        ${[checkoutSection(sources), signInsSection(sources)]}
      </body>
    </html>`.markup
  }`;
}

function faultsSection({ faults }: OverviewSources): Html {
  const on = Object.entries(faults.current).filter(
    ([name, value]) => name !== 'seed' && value !== NO_FAULTS[name as keyof typeof NO_FAULTS],
  );
  const list = on.map(([name, value]) => `${name} ${value}`).join(', ');
  return html`<h2>
      Faults <small><a href="/control/faults">JSON</a></small>
    </h2>
    <p class="${on.length > 0 ? 'bad' : 'dim'}">${on.length > 0 ? list : 'All off.'}</p>`;
}

function receivedSection({ receivers }: OverviewSources): Html {
  const rows = newest(receivers.receivedAt()).map(
    (entry) =>
      html`<tr>
        <td>${clock(entry.receivedAt)}</td>
        <td>${entry.path}</td>
        <td>${entry.eventId ?? '-'}${entry.delivery > 1 ? ` (delivery ${entry.delivery})` : ''}</td>
        <td class="${VERDICT_CLASSES[String(entry.verified)]}">${VERDICTS[String(entry.verified)]}</td>
        <td>${entry.answered}</td>
        <td>${folded(entry.body)}</td>
      </tr>`,
  );
  return section('Webhooks received', '/n8n/received', receivers.receivedAt().length, rows, [
    'Time',
    'Path',
    'Event',
    'Signature',
    'Answered',
    'Body',
  ]);
}

function sentSection({ sent }: OverviewSources): Html {
  const all = sent.find();
  const rows = newest(all).map((entry) => {
    const ok = entry.status !== null && entry.status < 300;
    const notes = [
      entry.forged ? 'forged' : '',
      entry.dropped ? 'dropped' : '',
      entry.copy > 0 ? `copy ${entry.copy}` : '',
      entry.attempt > 1 ? `attempt ${entry.attempt}` : '',
    ];
    return html`<tr>
      <td>${clock(entry.sentAt)}</td>
      <td>${entry.provider}</td>
      <td>${entry.kind}</td>
      <td><a href="/control/sent?callId=${encodeURIComponent(entry.callId)}">${entry.callId}</a></td>
      <td class="${ok ? 'good' : 'bad'}">${entry.status ?? entry.error ?? 'not sent'}</td>
      <td>${notes.filter(Boolean).join(', ')}</td>
    </tr>`;
  });
  return section('Webhooks sent', '/control/sent', all.length, rows, [
    'Time',
    'From',
    'Kind',
    'About',
    'Status',
    '',
  ]);
}

function smsSection({ twilio }: OverviewSources): Html {
  const outbox = twilio.outbox();
  const rows = newest(outbox).map(
    (message) =>
      html`<tr>
        <td>${clock(message.createdAt.toISOString())}</td>
        <td>${message.from ?? message.messagingServiceSid}</td>
        <td>${message.to}</td>
        <td>${message.body}</td>
        <td>${message.status}</td>
      </tr>`,
  );
  return section('SMS outbox', '/outbox/sms', outbox.length, rows, ['Time', 'From', 'To', 'Text', 'Status']);
}

function mailSection({ mailbox }: OverviewSources): Html {
  const mails = mailbox.list();
  const rows = newest(mails).map(
    (mail) =>
      html`<tr>
        <td>${clock(mail.receivedAt)}</td>
        <td>${mail.from}</td>
        <td>${mail.to.join(', ')}</td>
        <td><a href="/mailbox/${mail.id}${mail.html === null ? '' : '/html'}">${mail.subject}</a></td>
      </tr>`,
  );
  return section('Mailbox', '/mailbox', mails.length, rows, ['Time', 'From', 'To', 'Subject']);
}

function callsSection({ vapi }: OverviewSources): Html {
  const calls = vapi.list();
  const rows = newest(calls).map(
    ({ call, status }) =>
      html`<tr>
        <td>${clock(call.createdAt.toISOString())}</td>
        <td>${call.callId}</td>
        <td>${call.from} → ${call.to}</td>
        <td>${call.durationSeconds} s</td>
        <td>${status === 'ended' ? call.endedReason : status}</td>
      </tr>`,
  );
  return section('Vapi calls', undefined, calls.length, rows, [
    'Created',
    'Id',
    'Numbers',
    'Talked',
    'Status',
  ]);
}

function checkoutSection({ stripe }: OverviewSources): Html {
  const sessions = stripe.store.sessions.all();
  const rows = newest(sessions).map(
    ({ id, created, mode, amount_total: total, currency, status, payment_status: payment }) =>
      html`<tr>
        <td>${clock(new Date(created * 1000).toISOString())}</td>
        <td><a href="/checkout/${id}">${id}</a></td>
        <td>${mode}</td>
        <td>${(total / 100).toFixed(2)} ${currency}</td>
        <td>${status}, ${payment}</td>
      </tr>`,
  );
  return section('Stripe checkouts', '/control/stripe', sessions.length, rows, [
    'Created',
    'Page',
    'Mode',
    'Amount',
    'Status',
  ]);
}

function signInsSection({ oauth }: OverviewSources): Html {
  const given = oauth.grants.given();
  const rows = newest(given).map(
    ({ provider, person, fault, at }) =>
      html`<tr>
        <td>${clock(at.toISOString())}</td>
        <td>${provider}</td>
        <td>${person.name}</td>
        <td>${person.email ?? 'no e-mail'}</td>
        <td class="bad">${fault}</td>
      </tr>`,
  );
  return section('Social sign-ins', '/control/oauth', given.length, rows, [
    'Time',
    'At',
    'Name',
    'E-mail',
    'Fault',
  ]);
}

function section(
  title: string,
  link: string | undefined,
  count: number,
  rows: Html[],
  columns: string[],
): Html {
  const json = link === undefined ? html`` : html` · <a href="${link}">JSON</a>`;
  const heading = html`<h2>${title} <small>${count}${json}</small></h2>`;
  if (rows.length === 0)
    return html`${heading}
      <p class="dim">Nothing yet.</p>`;
  return html`${heading}
    <table>
      <tr>
        ${columns.map((column) => html`<th>${column}</th>`)}
      </tr>
      ${rows}
    </table>`;
}

function folded(body: string): Html {
  return html`<details>
    <summary>${body.length} characters</summary>
    <pre>${body}</pre>
  </details>`;
}

function newest<T>(items: readonly T[]): T[] {
  return items.slice(-SHOWN).reverse();
}

function clock(instant: string): string {
  return instant.slice(11, 23);
}
