import { OUTBOUND, subscriptionsOf } from './event-map';

describe('the names of outbound events', () => {
  it('keep the three spellings of the designs', () => {
    expect(OUTBOUND.callEnded).toMatchObject({
      standard: 'call.ended',
      n8n: 'call.call-ended',
      flat: 'call_ended',
    });
  });

  it('mean the same in every spelling when subscribing, once each', () => {
    expect(subscriptionsOf(['call_ended', 'call.call-ended', 'call.ended', '*', 'sms_received'])).toEqual([
      'call.ended',
      '*',
      'message.received',
    ]);
  });

  it('are refused when nobody sends them', () => {
    expect(() => subscriptionsOf(['call.ended', 'lunch.served'])).toThrow(
      expect.objectContaining({ details: [expect.objectContaining({ field: 'events.1' })] }),
    );
  });
});
