import { SeededRng } from '@app/kernel';
import type { Instance } from '../client/instance.js';
import { Replay } from '../replay/replay.js';
import { datasetOf, readAnswers, type RecordedAnswer } from './demo-data.js';
import { type StoryEnd, servedBy } from './primes.story.js';
import type { Page, ReceiptView, RolloutView } from './rollout-view.js';
import { GSM8K } from './stories.js';
import { percentOf, type StoryTeller, wrap } from './story-teller.js';
import { Visits } from './visits.js';

const DAYS = 14;
const DAY_MS = 86_400_000;
const VISITS = 50_000;
const VISITS_A_DAY = 5_000;
const CHALLENGER = 'gpt-4-1106-preview';

/** A challenger that wins, is promoted in stages, and becomes the champion. */
export async function gsm8kStory(instance: Instance, tell: StoryTeller, start: Date): Promise<StoryEnd> {
  tell.title('STORY TWO · A challenger that wins');
  tell.line(
    wrap(
      'The 1,319 questions of GSM8K, answered by Mixtral and by GPT-4 Turbo (RouteLLM, Apache-2.0). Two fifths of the ' +
        'questions take part; the champion, Mixtral, answers the rest.',
      '',
    ),
  );
  tell.plan(GSM8K);
  tell.heading(`The looks, one a virtual day for ${DAYS} days`);
  const answers = readAnswers('routellm-gsm8k.csv', 'question', ['correct', 'response_chars']);
  const dataset = datasetOf(GSM8K, answers, start, DAYS);
  const { results } = await new Replay(instance, dataset, (progress) => tell.step(progress)).run();
  const comparison = results.comparisons.find((entry) => entry.treatment === CHALLENGER);
  if (!comparison) throw new Error(`the results name no comparison for ${CHALLENGER}`);
  tell.verdict(comparison);

  await rollOut(instance, tell, answers, new Date(start.getTime() + (DAYS + 1) * DAY_MS));
  const champion = await servedBy(instance, GSM8K.task.key, 'after-the-rollout');
  tell.heading('The end');
  tell.line(`  A calling service that asks now is told: ${champion}.`);
  return { experiment: GSM8K.experiment.key, verdict: comparison.verdict, champion };
}

async function rollOut(
  instance: Instance,
  tell: StoryTeller,
  recorded: readonly RecordedAnswer[],
  start: Date,
): Promise<void> {
  const { control, edge } = instance;
  const rollout = await control.post<RolloutView>(`/api/v1/experiments/${GSM8K.experiment.key}/promote`, {
    variant: CHALLENGER,
    reason: 'The look says SHIP',
  });
  tell.heading('The rollout');
  tell.line(`  POST /api/v1/experiments/${GSM8K.experiment.key}/promote → rollout ${rollout.key}`);
  const stages = rollout.plan.stages.map((stage) => percentOf(stage.share)).join(' → ');
  tell.line(
    `  stages ${stages} → 100 %; it begins at ${percentOf(rollout.share)}, the first stage that takes`,
  );
  tell.line('  no traffic away from the winner. Beside it runs a concurrent control of the same size.');
  tell.line(
    wrap(
      `1,319 questions are too few for a rollout, so from here on every visit draws one of them with replacement ` +
        `under a fresh unit id: ${VISITS.toLocaleString('en')} visits, ${VISITS_A_DAY.toLocaleString('en')} a virtual day.`,
      '  ',
    ),
  );
  const visits = new Visits(edge, GSM8K.task.key, recorded, new SeededRng(8128));
  let told = 0;
  for (let day = 0; visits.total < VISITS; day += 1) {
    const now = new Date(start.getTime() + day * DAY_MS);
    await instance.moveTo(now);
    const served = await visits.send(VISITS_A_DAY, now);
    await instance.settle();
    const state = await control.get<RolloutView>(`/api/v1/rollouts/${rollout.key}`);
    const shares = [...served].map(([model, count]) => `${model} ${percentOf(count / VISITS_A_DAY)}`);
    tell.line('');
    tell.line(
      `  day ${String(day + 1).padStart(2)}  answered by ${shares.sort().join(', ')}; now ${describe(state)}`,
    );
    told = await tellReceipts(instance, tell, rollout.key, told);
  }
  const end = await control.get<RolloutView>(`/api/v1/rollouts/${rollout.key}`);
  if (end.state !== 'promoted') throw new Error(`the rollout ended ${end.state}, not promoted`);
}

/** Prints the receipts that are new since the last time, and answers how many there are. */
async function tellReceipts(
  instance: Instance,
  tell: StoryTeller,
  key: string,
  told: number,
): Promise<number> {
  const page = await instance.control.get<Page<ReceiptView>>(`/api/v1/rollouts/${key}/receipts?limit=100`);
  for (const receipt of page.items.slice(told)) {
    const move =
      receipt.shareBefore === receipt.shareAfter
        ? percentOf(receipt.shareAfter)
        : `${percentOf(receipt.shareBefore)} → ${percentOf(receipt.shareAfter)}`;
    tell.line(
      `          ${receipt.step} (${move})  receipt ${receipt.number}, ${receipt.hash.slice(0, 12)}…`,
    );
    for (const reason of receipt.body.reasons) tell.line(wrap(reason.message, '            '));
  }
  return page.items.length;
}

function describe(rollout: RolloutView): string {
  return rollout.state === 'running' ? `at ${percentOf(rollout.share)}` : rollout.state;
}
