import { keywordIn } from './keyword';

describe('keywords of text messages', () => {
  it.each([
    ['STOP', 'STOP'],
    [' stop\n', 'STOP'],
    ['Arrêt', 'STOP'],
    ['ARRET', 'STOP'],
    ['START', 'START'],
    ['début', 'START'],
    ['aide', 'HELP'],
    ['Oui', 'YES'],
    ['non', 'NO'],
  ])('hears %j as %s', (body, keyword) => {
    expect(keywordIn(body)).toBe(keyword);
  });

  it.each(['Stop by at noon', 'ne pas arrêter', 'STOP.', '', 'stopping'])('hears no wish in %j', (body) => {
    expect(keywordIn(body)).toBeNull();
  });
});
