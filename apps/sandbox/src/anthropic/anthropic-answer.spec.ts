import { composeAnswer, isFrench, personaIn } from './anthropic-answer';
import type { MessagesRequest } from './anthropic-request';

function asking(text: string, more: Partial<MessagesRequest> = {}): MessagesRequest {
  return {
    model: 'claude-haiku-5-5',
    maxTokens: 1024,
    stream: false,
    system: 'You are The Closer, a sales coach.',
    turns: [{ role: 'user', text }],
    stopSequences: [],
    ...more,
  };
}

describe('a composed answer', () => {
  it('is French for a French question and English for an English one', () => {
    expect(composeAnswer(asking('Le client trouve mon prix trop élevé.')).text).toMatch(
      /^Bonjour, ici The Closer\./,
    );
    expect(composeAnswer(asking('My customer says the price is too high.')).text).toMatch(
      /^Hello, this is The Closer\./,
    );
  });

  it('is the same for the same request', () => {
    expect(composeAnswer(asking('Bonjour !'))).toEqual(composeAnswer(asking('Bonjour !')));
  });

  it('stops at max_tokens and says so', () => {
    const answer = composeAnswer(asking('Hello', { maxTokens: 5 }));
    expect(answer).toMatchObject({ stopReason: 'max_tokens', outputTokens: 5 });
    expect(answer.text).toHaveLength(20);
  });

  it('stops before a stop sequence', () => {
    const answer = composeAnswer(asking('Hello', { stopSequences: ['2.'] }));
    expect(answer).toMatchObject({ stopReason: 'stop_sequence', stopSequence: '2.' });
    expect(answer.text).not.toContain('2.');
  });

  it.each([
    ['You are The Hunter, bold.', 'The Hunter'],
    ['Tu es Camille, la réceptionniste.', 'Camille'],
    ['Be brief.', undefined],
  ])('finds the persona in %p', (system, persona) => {
    expect(personaIn(system)).toBe(persona);
  });

  it.each([
    ['Quel est le prix pour une thermopompe ?', true],
    ['Ça va', true],
    ['What is the price of a heat pump?', false],
    ['ok', false],
  ])('knows whether %p is French', (text, french) => {
    expect(isFrench(text)).toBe(french);
  });
});
