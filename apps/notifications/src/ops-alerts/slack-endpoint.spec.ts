import { slackEndpoint } from './slack-endpoint';

const SANDBOX_URL = 'http://sandbox.test/';

describe('where alerts go at Slack', () => {
  const settings = { OPS_SLACK_WEBHOOK_URL: undefined, OPS_EMAIL: undefined, SANDBOX_URL };

  it('is what was named, anywhere', () => {
    const OPS_SLACK_WEBHOOK_URL = 'https://slack.test/hook';
    expect(slackEndpoint({ ...settings, NODE_ENV: 'production', OPS_SLACK_WEBHOOK_URL })).toBe(
      OPS_SLACK_WEBHOOK_URL,
    );
  });

  it('is the sandbox in development, unless alerts go by mail', () => {
    expect(slackEndpoint({ ...settings, NODE_ENV: 'development' })).toBe(
      'http://sandbox.test/slack/services/ops',
    );
    expect(
      slackEndpoint({ ...settings, NODE_ENV: 'development', OPS_EMAIL: 'ops@parley.test' }),
    ).toBeUndefined();
  });

  it('is never the sandbox in production', () => {
    expect(slackEndpoint({ ...settings, NODE_ENV: 'production' })).toBeUndefined();
  });
});
