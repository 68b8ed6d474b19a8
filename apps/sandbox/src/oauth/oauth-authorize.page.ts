import { html } from '../overview/html';
import type { OAuthPerson } from './oauth-people';
import { OAUTH_FAULTS } from './oauth-switches';

const NAMES: Record<string, string> = { google: 'Google', linkedin: 'LinkedIn', facebook: 'Facebook' };

/** Where a person chooses who to be. Every button comes back to the same address with `as`, or with `fault=denied`. */
export function authorizePage(
  provider: string,
  query: Record<string, string>,
  people: readonly OAuthPerson[],
): string {
  const { as: _as, fault: _fault, ...kept } = query;
  const hidden = Object.entries(kept).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  );
  const buttons = people.map(
    ({ id, name, email }) =>
      html`<p>
        <button name="as" value="${id}">${name} <small>${email ?? 'no e-mail'}</small></button>
      </p>`,
  );
  const faults = OAUTH_FAULTS.map((fault) => html`<option>${fault}</option>`);
  return `<!doctype html>${
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Sign in with ${NAMES[provider]} (sandbox)</title>
        <style>
          body {
            font:
              16px/1.5 system-ui,
              sans-serif;
            max-width: 26rem;
            margin: 3rem auto;
            padding: 0 1rem;
          }
          button {
            font: inherit;
            padding: 0.4rem 0.8rem;
          }
          small {
            opacity: 0.7;
          }
        </style>
      </head>
      <body>
        <h1>Sign in with ${NAMES[provider]}</h1>
        <p>Simulated: choose who you are. <small>${query['client_id']} asks for ${query['scope']}.</small></p>
        <form>
          ${hidden} ${buttons}
          <p>
            <label
              >Goes wrong:
              <select name="fault">
                <option value="">nothing</option>
                ${faults}
              </select></label
            >
          </p>
        </form>
        <form>
          ${hidden}
          <p>
            <input name="name" placeholder="Name" required />
            <input name="email" type="email" placeholder="E-mail" />
          </p>
          <p><button name="as" value="new">Be somebody else</button></p>
        </form>
        <form>${hidden}<button name="fault" value="denied">Cancel</button></form>
      </body>
    </html>`.markup
  }`;
}
