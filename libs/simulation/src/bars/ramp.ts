import { evaluateBenefit } from '@app/stats';
import type { Replicate } from '../harness/row.js';
import { arrivals, RAMP, type Scenario, type UnitArm } from '../scenarios/index.js';
import { ALPHA } from './peeking.js';

const DAYS = 28;
const LOOKS_PER_DAY = 24;

/**
 * A ramp of four weeks with quiet weekends, looked at every hour through the verdict engine's own judgement of benefit.
 * Every stage is an epoch; the metric's level moves from stage to stage in both arms alike.
 *
 * @param drift true mean of each stage less the scenario's
 * @returns a replicate with one output: whether any look ever calls a difference
 */
export function hourlyRamp<A extends UnitArm>(
  scenario: Scenario<A>,
  units: number,
  drift: readonly number[],
): () => Replicate {
  return () => {
    const perDay = arrivals('weekly', DAYS, units);
    const stages = RAMP.map((share, i) => ({
      share,
      number: i + 1,
      control: scenario.newArm(),
      treatment: scenario.newArm(),
      draw: scenario.units(drift[i]!),
    }));
    return (random) => {
      for (const { control, treatment } of stages) {
        control.clear();
        treatment.clear();
      }
      for (let day = 0; day < DAYS; day++) {
        const at = Math.floor((day * stages.length) / DAYS);
        const { share, control, treatment, draw } = stages[at]!;
        const open = stages.slice(0, at + 1);
        for (let hour = 0; hour < LOOKS_PER_DAY; hour++) {
          for (let i = hour; i < perDay[day]!; i += LOOKS_PER_DAY)
            draw(random, random.uniform() < share ? treatment : control);
          const [benefit] = evaluateBenefit(
            [
              {
                metric: scenario.metric,
                control: open.map((stage) => ({ number: stage.number, moments: stage.control })),
                treatment: open.map((stage) => ({ number: stage.number, moments: stage.treatment })),
                nStar: units / 2,
              },
            ],
            ALPHA,
          );
          if (benefit!.better || benefit!.worse) return [1];
        }
      }
      return [0];
    };
  };
}
