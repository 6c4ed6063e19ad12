import type { Exploration, Look } from '@app/analysis';
import type { DailySeries } from '@app/metrics';
import { type ArmSummary, armSummary, type Comparison, type MetricComparison } from '@app/stats';
import type { DailyDto, ExplorationDto, LookDto, ResultsDto, TimeseriesDto } from './dto/results.dto.js';

/** A look as the API shows it. */
export function resultsView(experiment: string, look: Look): ResultsDto {
  const { integrity, summaries, comparisons } = look.result;
  return {
    experiment,
    look: lookView(look),
    comparisons: comparisons.map(comparisonView),
    integrity,
    crossingUnits: integrity.crossing.units,
    summaries,
  };
}

/** The answer first: rows keep no order of fields, and people read from the top. */
function comparisonView(comparison: Comparison): Comparison {
  const { control, treatment, verdict, reasons, expectedDays, metrics } = comparison;
  return { control, treatment, verdict, reasons, expectedDays, metrics: metrics.map(metricView) };
}

function metricView(figures: MetricComparison): MetricComparison {
  const { metric, role, direction, outcome, difference, lift, interval95, ...rest } = figures;
  return { metric, role, direction, outcome, difference, lift, interval95, ...rest };
}

function lookView(look: Look): LookDto {
  const { id, number, at, trigger, inputsDigest, resultDigest, estimatorVersion } = look;
  return { id, number, at, trigger, inputsDigest, resultDigest, estimatorVersion };
}

/** A breakdown: figures without verdicts. */
export function explorationView(
  experiment: string,
  dimension: string,
  found: readonly Exploration[],
): ExplorationDto {
  return {
    experiment,
    dimension,
    exploratory: true,
    values: found.map(({ value, units, result }) => ({
      value,
      units,
      summaries: result.summaries,
      comparisons: result.comparisons.map(({ control, treatment, metrics }) => ({
        control,
        treatment,
        metrics: metrics.map(metricView),
      })),
    })),
  };
}

/** Looks in a row, by metric and arm, for plots; oldest first. */
export function timeseriesView(experiment: string, looks: readonly Look[]): TimeseriesDto {
  const latest = looks.at(-1);
  const metrics = Object.keys(latest?.result.summaries ?? {});
  return {
    experiment,
    metrics: metrics.map((metric) => ({
      metric,
      arms: Object.keys(latest?.result.summaries[metric] ?? {}).map((variant) => ({
        variant,
        points: looks.flatMap(({ number, at, result }) => {
          const arm = result.summaries[metric]?.[variant];
          return arm ? [{ look: number, at, n: arm.n, value: valueOf(arm), sd: arm.sd }] : [];
        }),
      })),
      comparisons: (latest?.result.comparisons ?? []).map(({ control, treatment }) => ({
        control,
        treatment,
        points: looks.flatMap(({ number, at, result }) => {
          const comparison = result.comparisons.find((one) => one.treatment === treatment);
          const found = comparison?.metrics.find((one) => one.metric === metric);
          if (!comparison || !found) return [];
          const { difference, interval95, lift } = found;
          return [{ look: number, at, verdict: comparison.verdict, difference, interval95, lift }];
        }),
      })),
    })),
  };
}

/** What is shown of an arm: its mean, ratio or quantile. */
export const valueOf = (arm: ArmSummary): number | null =>
  arm.mean ?? arm.ratio?.value ?? arm.quantile?.value ?? null;

/** Units by the day of their first exposure. */
export function dailyView(experiment: string, { days }: DailySeries): DailyDto {
  return {
    experiment,
    days: days.map(({ day, units, metrics }) => ({
      day,
      units,
      metrics: metrics.map(({ key, kind, arms }) => ({
        metric: key,
        arms: Object.entries(arms).map(([variant, moments]) => {
          const arm = armSummary(kind, moments, 0, units[variant] ?? 0);
          return { variant, n: arm.n, value: valueOf(arm), sd: arm.sd };
        }),
      })),
    })),
  };
}
