import { startInstance } from '../client/instance.js';
import { stopSignals } from '../start/stop-signals.js';
import { untilStopped } from '../start/start.command.js';
import { gsm8kStory } from './gsm8k.story.js';
import { primesStory } from './primes.story.js';
import { StoryTeller, wrap } from './story-teller.js';

const FIRST_STORY = new Date('2026-01-05T00:00:00Z');
const SECOND_STORY = new Date('2026-02-02T00:00:00Z');

/**
 * `npm run demo [-- --exit] [-- --json]`: both stories through a private instance over HTTP, then leaves it up to
 * browse until Ctrl-C; with `--exit` or `--json` it ends by itself.
 *
 * @returns 0 when the first challenger was stopped and the second one became the champion
 */
export async function run(argv: readonly string[]): Promise<number> {
  const json = argv.includes('--json');
  const signals = stopSignals();
  const tell = new StoryTeller((line) => void (json || process.stdout.write(`${line}\n`)));
  tell.line('Starting a private instance in virtual time (weeks take seconds)…');
  const instance = await startInstance(FIRST_STORY, { browsable: true, signal: signals.first });
  const { stack } = instance;
  let ok = false;
  try {
    const ends = [
      await primesStory(instance, tell, FIRST_STORY),
      await gsm8kStory(instance, tell, SECOND_STORY),
    ];
    ok = ends[0]!.verdict === 'STOP_HARM' && ends[1]!.champion === 'gpt-4-1106-preview';
    if (json) process.stdout.write(`${JSON.stringify({ ok, stories: ends })}\n`);
    if (!json && !argv.includes('--exit')) {
      whereToLook(tell, stack);
      return (await untilStopped(stack, signals)) || (ok ? 0 : 1);
    }
  } finally {
    await stack.stop();
  }
  return ok ? 0 : 1;
}

function whereToLook(
  tell: StoryTeller,
  stack: { controlUrl: string; edgeUrl: string; adminKey: string },
): void {
  tell.title('Look around');
  tell.line(`  Swagger UI      ${stack.controlUrl}/docs`);
  tell.line(`  admin key       ${stack.adminKey}   (Authorize → paste it)`);
  tell.line(`  calling side    ${stack.edgeUrl}`);
  tell.line('');
  for (const [address, what] of [
    ['GET /api/v1/experiments/june-gpt-4/results', 'why the cheap model was stopped'],
    ['GET /api/v1/experiments/better-tutor/looks', 'every look of the winner'],
    ['GET /api/v1/rollouts', 'the finished rollout; its receipts say every step and why'],
    ['GET /api/v1/tasks/maths-tutor/explain', 'which model a unit gets, step by step (unit=anyone)'],
    ['GET /api/v1/audit-log', 'who did what'],
  ]) {
    tell.line(`  ${address!.padEnd(46)}${what}`);
  }
  tell.line('');
  tell.line(wrap('Everything here is private to this run and goes when you press Ctrl-C.', '  '));
}
