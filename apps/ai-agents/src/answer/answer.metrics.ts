import { Counter, Histogram } from 'prom-client';

export const answersEnded = new Counter({
  name: 'parley_answers_total',
  help: 'Answers of the chat model, by how their model request ended',
  labelNames: ['outcome'],
});

export const firstToken = new Histogram({
  name: 'parley_answer_first_token_seconds',
  help: 'From the accepted message to the first text of the model',
  buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15],
});
