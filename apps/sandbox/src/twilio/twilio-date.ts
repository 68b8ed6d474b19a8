/** RFC 2822 as Twilio writes it: `Tue, 03 Mar 2026 15:05:05 +0000`. */
export function twilioDate(instant: Date): string {
  return instant.toUTCString().replace('GMT', '+0000');
}
