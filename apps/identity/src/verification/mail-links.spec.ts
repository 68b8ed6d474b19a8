import { mailLinks } from './mail-links';

describe('links in mails', () => {
  it('lead into the app, to the page for their purpose', () => {
    const link = mailLinks({ NODE_ENV: 'production', APP_URL: 'https://app.example.com/ca/' });
    expect(link('verify_email', 'vt_x')).toBe('https://app.example.com/ca/verify-email?token=vt_x');
    expect(link('reset_password', 'vt_x')).toBe('https://app.example.com/ca/reset-password?token=vt_x');
  });

  it('must lead somewhere in production', () => {
    expect(() => mailLinks({ NODE_ENV: 'production', APP_URL: undefined })).toThrow(/APP_URL/);
    const link = mailLinks({ NODE_ENV: 'development', APP_URL: undefined });
    expect(link('verify_email', 'vt_x')).toBe('http://localhost:5173/verify-email?token=vt_x');
  });
});
