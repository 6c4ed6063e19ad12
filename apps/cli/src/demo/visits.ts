import type { Rng } from '@app/kernel';
import type { ApiClient } from '../client/api-client.js';
import type { RecordedAnswer } from './demo-data.js';

const AT_ONCE = 32;
const BATCH = 2_000;

interface Assignment {
  readonly model: { readonly key: string } | null;
  readonly assignmentId: string | null;
}

/**
 * Traffic for a rollout: every visit is a fresh unit that draws a recorded question with replacement, asks the edge
 * which model serves it, and sends back what that model really answered.
 */
export class Visits {
  private readonly questions: string[];
  private readonly answers: Map<string, RecordedAnswer>;
  private count = 0;

  constructor(
    private readonly edge: ApiClient,
    private readonly task: string,
    recorded: readonly RecordedAnswer[],
    private readonly rng: Rng,
  ) {
    this.questions = [...new Set(recorded.map((answer) => answer.item))];
    this.answers = new Map(recorded.map((answer) => [`${answer.item}|${answer.model}`, answer]));
  }

  get total(): number {
    return this.count;
  }

  /** Sends visits at one virtual instant; answers how many each model served. */
  async send(visits: number, now: Date): Promise<Map<string, number>> {
    const served = new Map<string, number>();
    const at = new Date(now.getTime() + 1).toISOString();
    for (let sent = 0; sent < visits; sent += BATCH) {
      const events: object[] = [];
      const units = Array.from({ length: Math.min(BATCH, visits - sent) }, () => this.nextUnit());
      for (let from = 0; from < units.length; from += AT_ONCE) {
        const chunk = units.slice(from, from + AT_ONCE);
        const models = await Promise.all(chunk.map((unit) => this.visit(unit, at, events)));
        for (const model of models) served.set(model, (served.get(model) ?? 0) + 1);
      }
      await this.edge.post('/api/v1/events', { events });
    }
    return served;
  }

  private nextUnit(): string {
    this.count += 1;
    return `visit-${String(this.count).padStart(6, '0')}`;
  }

  private async visit(unit: string, at: string, events: object[]): Promise<string> {
    const question = this.questions[Math.floor(this.rng.next() * this.questions.length)]!;
    const { assignments } = await this.edge.post<{ assignments: Assignment[] }>('/api/v1/assignments', {
      unit,
      tasks: [this.task],
    });
    const assignment = assignments[0];
    if (!assignment?.model) throw new Error(`no model came back for ${unit}`);
    const answer = this.answers.get(`${question}|${assignment.model.key}`);
    if (!answer) throw new Error(`question ${question} was never put to ${assignment.model.key}`);
    for (const [metric, value] of Object.entries(answer.figures)) {
      events.push({
        id: `${unit}:${metric}`,
        type: 'outcome',
        task: this.task,
        unit,
        at,
        metric,
        value,
        ...(assignment.assignmentId ? { assignmentId: assignment.assignmentId } : {}),
      });
    }
    return assignment.model.key;
  }
}
