import { ApiError } from '../client/api-client.js';
import type { Instance } from '../client/instance.js';
import { Replay } from '../replay/replay.js';
import { datasetOf, readAnswers } from './demo-data.js';
import { PRIMES } from './stories.js';
import type { StoryTeller } from './story-teller.js';
import { wrap } from './story-teller.js';

const DAYS = 14;

/** What a story leaves behind, for `--json` and for the exit code. */
export interface StoryEnd {
  readonly experiment: string;
  readonly verdict: string;
  readonly champion: string;
}

/** A cheaper model that is worse: cost is the success metric, correctness the guardrail that stops it. */
export async function primesStory(instance: Instance, tell: StoryTeller, start: Date): Promise<StoryEnd> {
  const challenger = 'gpt-4-0613';
  tell.title('STORY ONE · A cheaper model that is worse');
  tell.line(
    wrap(
      'One thousand questions "is this number a prime?", answered by GPT-4 of March and of June 2023 (LLMDrift, ' +
        'Apache-2.0). June costs a thirteenth. Contender splits the questions, and each model is charged and graded ' +
        'for what it really answered.',
      '',
    ),
  );
  tell.plan(PRIMES);
  tell.heading(`The looks, one a virtual day for ${DAYS} days`);
  const answers = readAnswers('llmdrift-primes.csv', 'query', ['cost_usd', 'correct', 'latency_s']);
  const dataset = datasetOf(PRIMES, answers, start, DAYS);
  const { results } = await new Replay(instance, dataset, (progress) => tell.step(progress)).run();
  const comparison = results.comparisons.find((entry) => entry.treatment === challenger);
  if (!comparison) throw new Error(`the results name no comparison for ${challenger}`);
  tell.verdict(comparison);

  tell.heading('Someone promotes it all the same');
  tell.line(`  POST /api/v1/experiments/${PRIMES.experiment.key}/promote`);
  tell.line(wrap(await refusedPromotion(instance, challenger), '  '));
  await instance.control.post(`/api/v1/experiments/${PRIMES.experiment.key}/conclude`, {
    decision: 'no-ship',
    reason: 'Thirteen times cheaper, but a third fewer correct answers',
  });
  const champion = await servedBy(instance, PRIMES.task.key, 'after-the-experiment');
  tell.line(`  The experiment is concluded without shipping. The champion is still ${champion}.`);
  return { experiment: PRIMES.experiment.key, verdict: comparison.verdict, champion };
}

async function refusedPromotion(instance: Instance, variant: string): Promise<string> {
  try {
    await instance.control.post(`/api/v1/experiments/${PRIMES.experiment.key}/promote`, {
      variant,
      reason: 'It is so much cheaper',
    });
  } catch (error) {
    if (error instanceof ApiError) return `${error.status} ${error.code}: ${error.detail}`;
    throw error;
  }
  throw new Error('a model whose verdict is STOP_HARM was promoted');
}

/** The model that a calling service is told to use for one more unit, without leaving an exposure. */
export async function servedBy(instance: Instance, task: string, unit: string): Promise<string> {
  const { assignments } = await instance.edge.post<{ assignments: Array<{ model: { key: string } | null }> }>(
    '/api/v1/assignments',
    { unit, tasks: [task], expose: false },
  );
  return assignments[0]?.model?.key ?? 'nobody';
}
