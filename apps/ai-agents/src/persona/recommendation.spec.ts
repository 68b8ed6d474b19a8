import { BUILT_IN_PERSONAS } from '../migrations/built-in-personas';
import type { PersonaRecord } from './persona';
import { reasonFor, recommend } from './recommendation';

const catalogue: PersonaRecord[] = BUILT_IN_PERSONAS.map((persona) => ({ ...persona, tenantId: null }));
const order = (text: string, aboutProcedure?: boolean): string[] =>
  recommend(catalogue, text, aboutProcedure).map(({ persona }) => persona.slug);

describe('recommending a persona', () => {
  it.each([
    ['I need new leads and a cold call script to qualify prospects', 'hunter'],
    ['They say it is too expensive: how do I handle the objection and close the deal?', 'closer'],
    ['Explain the clinical evidence behind this product', 'educator'],
    ['Plan my territory for next quarter against the competition', 'strategist'],
    ['Mon client trouve le prix trop élevé et hésite à signer le contrat', 'closer'],
    ['Préparer un plan de marché face aux concurrents', 'strategist'],
    ['Expliquez-moi les études cliniques', 'educator'],
  ])('%s → %s', (goal, slug) => {
    expect(order(goal)[0]).toBe(slug);
  });

  it('keeps the order of the catalogue, without score, when nothing speaks for anyone', () => {
    const ranked = recommend(catalogue, 'hmm');
    expect(ranked.map(({ persona }) => persona.slug)).toEqual(['hunter', 'closer', 'educator', 'strategist']);
    expect(ranked.map(({ score }) => score)).toEqual([0, 0, 0, 0]);
  });

  it('lets a procedure speak for product knowledge, but less than a word does', () => {
    expect(order('hmm', true)[0]).toBe('educator');
    expect(order('negotiate', true)[0]).toBe('closer');
  });

  it('counts a keyword only at the beginning of a word', () => {
    expect(order('a mislead')[0]).toBe('hunter');
    expect(recommend(catalogue, 'a mislead')[0]?.matched).toEqual([]);
  });

  it('shares the points out as percent', () => {
    const scores = recommend(catalogue, 'lead, price, discount').map(({ score }) => score);
    expect(scores).toEqual([67, 33, 0, 0]);
  });

  it('ranks a persona without keywords by its specialties', () => {
    const own: PersonaRecord = {
      ...(catalogue[0] as PersonaRecord),
      slug: 'hygienist',
      keywords: [],
      specialty: ['recall visits'],
    };
    expect(recommend([...catalogue, own], 'more recall visits')[0]?.persona.slug).toBe('hygienist');
  });

  it('says why, in the language of the caller', () => {
    const [best] = recommend(catalogue, 'le prix');
    expect(best && reasonFor(best, 'fr')).toBe(
      'Vous parlez de « prix » ; points forts : négociation, traitement des objections, conclusion.',
    );
    expect(best && reasonFor(best, 'en')).toBe(
      'You mention “prix”; good at negotiation, objection handling, closing.',
    );
  });
});
