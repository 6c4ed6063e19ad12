import {
  buildGuardrail,
  buildPlan,
  buildReading,
  buildState,
  buildStateAt,
  day,
  START,
} from '../testing/rollout.builder.js';
import { decideStep } from './decide-step.js';
import type { RampPlan } from './ramp-plan.js';
import type { RampState } from './ramp-state.js';
import type { EvidenceReading } from './reading.js';
import type { Step } from './step.js';

const plan = buildPlan();
const hold = { by: 'Ada', at: START, reason: 'waiting for legal' };
const broken = {
  valid: false,
  srmP: 1e-5,
  reasons: [{ code: 'SRM', message: 'The split is not the planned one.' }],
};
const told = (step: Step): [string, ...string[]] => [step.kind, ...step.reasons.map(({ code }) => code)];

const before = (at: Date, seconds: number): string => new Date(at.getTime() - seconds * 1000).toISOString();

interface Case {
  readonly when: string;
  readonly plan?: RampPlan;
  readonly state?: RampState;
  readonly reading?: Partial<EvidenceReading>;
  readonly day?: number;
  readonly then: readonly string[];
}

const firstStage: readonly Case[] = [
  { when: 'all is proven and the stage has baked', then: ['ADVANCE', 'STAGE_PROVEN'] },
  { when: 'a day has not passed', day: 0.99, then: ['HOLD', 'BAKE_TIME'] },
  { when: 'exactly a day has passed', day: 1, then: ['ADVANCE', 'STAGE_PROVEN'] },
  {
    when: 'too few units saw the challenger',
    reading: { stageUnits: { challenger: 99, control: 120 } },
    then: ['HOLD', 'MIN_UNITS'],
  },
  {
    when: 'nobody saw the challenger',
    reading: { stageUnits: { challenger: 0, control: 120 } },
    then: ['HOLD', 'NO_TRAFFIC', 'MIN_UNITS'],
  },
  {
    when: 'nobody saw the control',
    reading: { stageUnits: { challenger: 120, control: 0 } },
    then: ['HOLD', 'NO_TRAFFIC'],
  },
  {
    when: 'traffic stopped three days ago',
    day: 5,
    reading: { lastExposureAt: day(2).toISOString() },
    then: ['HOLD', 'TRAFFIC_STOPPED'],
  },
  {
    when: 'scores stopped three days ago',
    day: 5,
    reading: { lastOutcomeAt: day(2).toISOString() },
    then: ['HOLD', 'SCORES_STOPPED'],
  },
  { when: 'no score ever came', reading: { lastOutcomeAt: null }, then: ['HOLD', 'SCORES_STOPPED'] },
  {
    when: 'events have waited five minutes to be counted',
    reading: { waitingSince: before(day(2), 300) },
    then: ['ADVANCE', 'STAGE_PROVEN'],
  },
  {
    when: 'events have waited longer than that',
    reading: { waitingSince: before(day(2), 301) },
    then: ['HOLD', 'DATA_LAG'],
  },
  {
    when: 'an older plan says nothing of it',
    plan: buildPlan({ maxLagSeconds: undefined }),
    reading: { waitingSince: before(day(2), 301) },
    then: ['HOLD', 'DATA_LAG'],
  },
  {
    when: 'what waits to be counted may be the traffic that is missing',
    reading: { waitingSince: before(day(2), 3600), stageUnits: { challenger: 100, control: 0 } },
    then: ['HOLD', 'DATA_LAG'],
  },
  {
    when: 'a guardrail has no value in this stage',
    reading: {
      guardrails: [
        buildGuardrail('quality'),
        buildGuardrail('errors', { measuredInStage: { challenger: 10, control: 0 } }),
      ],
    },
    then: ['HOLD', 'NO_SCORES'],
  },
  {
    when: 'a guardrail is undecided',
    reading: { guardrails: [buildGuardrail('quality'), buildGuardrail('errors', { outcome: 'undecided' })] },
    then: ['HOLD', 'GUARDRAIL_UNDECIDED'],
  },
  {
    when: 'a guardrail is undecided beyond the planned units',
    reading: {
      guardrails: [buildGuardrail('quality'), buildGuardrail('errors', { outcome: 'undecided', nStar: 200 })],
    },
    then: ['HOLD', 'GUARDRAIL_UNDECIDED_AT_PLANNED_SIZE'],
  },
  {
    when: 'a guardrail is worse, within its margin',
    reading: { guardrails: [buildGuardrail('quality'), buildGuardrail('errors', { outcome: 'degraded' })] },
    then: ['ADVANCE', 'STAGE_PROVEN', 'GUARDRAIL_DEGRADED'],
  },
  {
    when: 'a guardrail fails its margin without proven harm',
    reading: { guardrails: [buildGuardrail('quality'), buildGuardrail('errors', { outcome: 'fail' })] },
    then: ['HOLD', 'GUARDRAIL_FAILING'],
  },
  { when: 'integrity failed', reading: { integrity: broken }, then: ['HOLD', 'SRM'] },
  {
    when: 'benefit is unproven, which only promotion needs',
    reading: { benefit: [{ ...buildReading(day(2)).benefit[0]!, outcome: 'undecided' }] },
    then: ['ADVANCE', 'STAGE_PROVEN'],
  },
  {
    when: 'no gain worth having is possible any more',
    reading: { benefit: [{ ...buildReading(day(2)).benefit[0]!, outcome: 'no-effect' }] },
    then: ['STOP_FUTILE', 'NO_BENEFIT_LEFT'],
  },
  {
    when: 'no gain seems possible but the data are not sound',
    reading: { benefit: [{ ...buildReading(day(2)).benefit[0]!, outcome: 'no-effect' }], integrity: broken },
    then: ['HOLD', 'SRM'],
  },
  {
    when: 'it has lasted too long',
    day: 91,
    reading: { integrity: broken },
    then: ['STOP_FUTILE', 'ROLLOUT_TOO_LONG'],
  },
  {
    when: 'a person holds it',
    state: buildState(plan, { lifecycle: 'held', hold }),
    then: ['HOLD', 'HELD_BY_PERSON'],
  },
  {
    when: 'a person holds it and it has lasted too long',
    state: buildState(plan, { lifecycle: 'held', hold }),
    day: 91,
    then: ['HOLD', 'HELD_BY_PERSON'],
  },
  {
    when: 'a person decided after the evidence',
    state: buildState(plan, { lastHumanDecisionAt: day(2.5).toISOString() }),
    then: ['HOLD', 'HUMAN_DECISION_NEWER'],
  },
  {
    when: 'a freeze is on',
    plan: buildPlan({
      freezeWindows: [{ from: day(1).toISOString(), to: day(3).toISOString(), reason: 'release week' }],
    }),
    then: ['HOLD', 'FROZEN'],
  },
  {
    when: 'a freeze has just ended',
    plan: buildPlan({
      freezeWindows: [{ from: day(1).toISOString(), to: day(2).toISOString(), reason: 'release week' }],
    }),
    then: ['ADVANCE', 'STAGE_PROVEN'],
  },
];

const lastStage: readonly Case[] = [
  { when: 'all is proven, a week has passed', then: ['PROMOTE', 'BENEFIT_PROVEN'] },
  { when: 'six full days have passed', reading: { fullDays: 6 }, then: ['HOLD', 'MIN_DAYS'] },
  { when: 'seven full days have passed', reading: { fullDays: 7 }, then: ['PROMOTE', 'BENEFIT_PROVEN'] },
  {
    when: 'benefit is undecided',
    reading: { benefit: [{ ...buildReading(day(9)).benefit[0]!, outcome: 'undecided' }] },
    then: ['HOLD', 'NO_BENEFIT_YET'],
  },
  {
    when: 'the experiment shipped but the rollout itself has no benefit yet',
    plan: { ...plan, startStage: 3 },
    state: buildStateAt(plan, 3, 4, {
      concludingLook: { lookId: 'l', resultDigest: 'd', at: START },
    }),
    reading: { benefit: [{ ...buildReading(day(9)).benefit[0]!, outcome: 'undecided' }] },
    then: ['HOLD', 'NO_BENEFIT_YET'],
  },
  {
    when: 'the experiment shipped but a guardrail is undecided in the rollout',
    plan: { ...plan, startStage: 3 },
    state: buildStateAt(plan, 3, 4, {
      concludingLook: { lookId: 'l', resultDigest: 'd', at: START },
    }),
    reading: { guardrails: [buildGuardrail('quality', { outcome: 'undecided' })] },
    then: ['HOLD', 'GUARDRAIL_UNDECIDED'],
  },
];

describe.each([
  ['at the first stage, when', firstStage, buildState(plan), 2],
  ['at the last controlled stage, when', lastStage, buildStateAt(plan, 3, 4), 9],
] as const)('%s', (_, cases, state, at) => {
  it.each(cases.map((given) => [`${given.when}: ${given.then.join(' ')}`, given] as const))(
    '%s',
    (_name, given) => {
      const now = day(given.day ?? at);
      const step = decideStep(
        given.plan ?? plan,
        given.state ?? state,
        buildReading(given.state?.lastHumanDecisionAt ? day(2) : now, given.reading),
        now,
      );
      expect(told(step)).toEqual(given.then);
    },
  );
});

describe('harm', () => {
  const harmed = [buildGuardrail('quality'), buildGuardrail('errors', { harmed: true })];

  it.each<[string, Partial<RampState>, Partial<EvidenceReading>, Partial<RampPlan>]>([
    ['on its first minute', {}, {}, {}],
    ['while a person holds', { lifecycle: 'held', hold }, {}, {}],
    ['when a person decided later than the evidence', { lastHumanDecisionAt: day(30).toISOString() }, {}, {}],
    ['with failed integrity', {}, { integrity: broken }, {}],
    [
      'in a freeze',
      {},
      {},
      { freezeWindows: [{ from: START, to: day(9).toISOString(), reason: 'release' }] },
    ],
    ['without an approval', {}, {}, { promotionRequiresApproval: true }],
    ['while counting is a day behind', {}, { waitingSince: before(day(0), 86_400) }, {}],
    ['with no traffic since', {}, { stageUnits: { challenger: 0, control: 0 } }, {}],
  ])('rolls back %s', (_, state, reading, overrides) => {
    const given = buildPlan(overrides);
    const step = decideStep(
      given,
      buildState(given, state),
      buildReading(day(0.001), { guardrails: harmed, ...reading }),
      day(0.001),
    );
    expect(told(step)).toEqual(['ROLLBACK', 'HARM']);
    expect(step.share).toEqual({ before: 0.01, after: 0 });
  });

  it('says what is worse, by how much and how sure it is', () => {
    const step = decideStep(plan, buildState(plan), buildReading(day(1), { guardrails: harmed }), day(1));
    expect(step.reasons[0]!.message).toBe(
      'errors is worse than may be accepted: observed −0.2 (−25 %) against all units on the champion, ' +
        'and a loss beyond 0.04 is proven (p = 0.0000010, limit 0.0050).',
    );
  });
});

describe('counting that is behind', () => {
  it('says for how long, and what still happens', () => {
    const reading = buildReading(day(2), { waitingSince: before(day(2), 7200) });
    expect(decideStep(plan, buildState(plan), reading, day(2)).reasons[0]!.message).toBe(
      'Counting is 2 hours behind (limit 5 minutes): the latest events are not in these figures yet. ' +
        'Nothing is raised on half of the picture; a rollback for harm still is made.',
    );
  });
});

describe('a shipped experiment', () => {
  const shipped = { lookId: 'l', resultDigest: 'd', at: START };
  const undecided = { guardrails: [buildGuardrail('quality', { outcome: 'undecided' })] };

  it('stands for the guardrails of the first stage', () => {
    const step = decideStep(
      plan,
      buildState(plan, { concludingLook: shipped }),
      buildReading(day(2), undecided),
      day(2),
    );
    expect(told(step)).toEqual(['ADVANCE', 'STAGE_PROVEN']);
  });

  it('does not stand for later stages', () => {
    const state = buildStateAt(plan, 1, 1, { concludingLook: shipped });
    expect(told(decideStep(plan, state, buildReading(day(3), undecided), day(3)))).toEqual([
      'HOLD',
      'GUARDRAIL_UNDECIDED',
    ]);
  });

  it('does not stand longer than thirty days', () => {
    const state = buildState(plan, { concludingLook: { ...shipped, at: day(-29).toISOString() } });
    expect(told(decideStep(plan, state, buildReading(day(2), undecided), day(2)))).toEqual([
      'HOLD',
      'GUARDRAIL_UNDECIDED',
    ]);
  });

  it('does not outweigh a guardrail that fails in the rollout', () => {
    const failing = { guardrails: [buildGuardrail('quality', { outcome: 'fail' })] };
    const state = buildState(plan, { concludingLook: shipped });
    expect(told(decideStep(plan, state, buildReading(day(2), failing), day(2)))).toEqual([
      'HOLD',
      'GUARDRAIL_FAILING',
    ]);
  });
});

describe('approval', () => {
  const approving = buildPlan({
    stages: plan.stages.map((stage, index) => ({ ...stage, requiresApproval: index === 1 })),
    promotionRequiresApproval: true,
  });
  const approval = { by: 'Ada', at: START, reason: 'looked at it' };

  it('is asked for once everything else is proven', () => {
    const step = decideStep(approving, buildState(approving), buildReading(day(2)), day(2));
    expect(told(step)).toEqual(['REVIEW', 'APPROVAL_NEEDED']);
    expect(step.reasons[0]!.message).toMatch(/from 1 % to 5 % waits for a person/);
    expect(step.share).toEqual({ before: 0.01, after: 0.01 });
  });

  it('is not asked for while something else is missing', () => {
    expect(told(decideStep(approving, buildState(approving), buildReading(day(0.5)), day(0.5)))).toEqual([
      'HOLD',
      'BAKE_TIME',
    ]);
  });

  it('opens the stage it names and no other', () => {
    const state = buildState(approving, { approvals: [{ stage: 1, ...approval }] });
    expect(decideStep(approving, state, buildReading(day(2)), day(2)).kind).toBe('ADVANCE');
    const last = buildStateAt(approving, 3, 4, { approvals: [{ stage: 1, ...approval }] });
    expect(decideStep(approving, last, buildReading(day(9)), day(9)).kind).toBe('REVIEW');
    const approved = buildStateAt(approving, 3, 4, { approvals: [{ stage: 4, ...approval }] });
    expect(decideStep(approving, approved, buildReading(day(9)), day(9)).kind).toBe('PROMOTE');
  });
});

describe('templates', () => {
  const cheaper = { ...plan.metrics[0]!, key: 'cost', direction: 'decrease' as const };
  const costDown = buildPlan({ template: 'cost-down', metrics: [cheaper, ...plan.metrics] });
  const benefit = (metric: string) => [{ ...buildReading(day(9)).benefit[0]!, metric }];

  it('promote "cost down" by lower cost', () => {
    const step = decideStep(
      costDown,
      buildStateAt(costDown, 3, 4),
      buildReading(day(9), { benefit: benefit('cost') }),
      day(9),
    );
    expect(step.kind).toBe('PROMOTE');
  });

  it('do not promote "cost down" by better quality at no lower cost', () => {
    const step = decideStep(costDown, buildStateAt(costDown, 3, 4), buildReading(day(9)), day(9));
    expect(told(step)).toEqual(['HOLD', 'NO_BENEFIT_YET']);
  });
});

describe('a rollout without a gain to wait for', () => {
  it.each([
    ['worse', /^The challenger is proven worse on quality, so there is no gain to wait for/],
    ['no-effect', /^Even in the best case the gain on quality is smaller than the effect worth having/],
  ] as const)('is stopped in the words of what is known: %s', (outcome, words) => {
    const benefit = [{ ...buildReading(day(2)).benefit[0]!, outcome }];
    const step = decideStep(plan, buildState(plan), buildReading(day(2), { benefit }), day(2));
    expect(told(step)).toEqual(['STOP_FUTILE', 'NO_BENEFIT_LEFT']);
    expect(step.reasons[0]!.message).toMatch(words);
  });
});

describe('an emergency', () => {
  const emergency = buildPlan({ template: 'emergency' });
  const broken = {
    valid: false,
    srmP: 1e-5,
    reasons: [{ code: 'SRM', message: 'The split is not the planned one.' }],
  };

  it('is moved by people, whatever is proven', () => {
    const step = decideStep(emergency, buildState(emergency), buildReading(day(2)), day(2));
    expect(told(step)).toEqual(['HOLD', 'MANUAL_ONLY']);
    expect(step.reasons[0]!.message).toMatch(/stays at 1 % until someone takes it to 5 % or back/);
  });

  it('tells of unsound data, is rolled back at harm, and ends when it lasts too long', () => {
    const decide = (reading: Partial<EvidenceReading>, at: number) =>
      told(decideStep(emergency, buildState(emergency), buildReading(day(at), reading), day(at)));
    expect(decide({ integrity: broken }, 2)).toEqual(['HOLD', 'SRM', 'MANUAL_ONLY']);
    expect(decide({ guardrails: [buildGuardrail('errors', { harmed: true })] }, 2)).toEqual([
      'ROLLBACK',
      'HARM',
    ]);
    expect(decide({}, 91)).toEqual(['STOP_FUTILE', 'ROLLOUT_TOO_LONG']);
  });
});

describe('a dry run', () => {
  const dry = buildPlan({ dryRun: true });

  it.each([
    ['advance', buildState(dry), {}, 2, ['REVIEW', 'DRY_RUN', 'STAGE_PROVEN']],
    ['promote', buildStateAt(dry, 3, 4), {}, 9, ['REVIEW', 'DRY_RUN', 'BENEFIT_PROVEN']],
    [
      'roll back',
      buildState(dry),
      { guardrails: [buildGuardrail('errors', { harmed: true })] },
      2,
      ['REVIEW', 'DRY_RUN', 'HARM'],
    ],
    ['stop', buildState(dry), {}, 91, ['REVIEW', 'DRY_RUN', 'ROLLOUT_TOO_LONG']],
    ['wait', buildState(dry), {}, 0.5, ['HOLD', 'BAKE_TIME']],
  ] as const)('says that it would %s and moves nothing', (_, state, reading, at, then) => {
    const step = decideStep(dry, state, buildReading(day(at), reading), day(at));
    expect(told(step)).toEqual(then);
    expect([step.share.after, step.stage.after]).toEqual([state.share, state.stage]);
  });

  it('says from where to where it would go', () => {
    const step = decideStep(dry, buildState(dry), buildReading(day(2)), day(2));
    expect(step.reasons[0]!.message).toBe(
      'This is a dry run: a rollout that acts would now go from 1 % to 5 % (ADVANCE). A person decides.',
    );
  });
});

describe('a finished rollout', () => {
  it.each(['promoted', 'rolled-back', 'stopped-futile'] as const)(
    'does not move when %s, not even for harm',
    (lifecycle) => {
      const state = buildState(plan, { lifecycle, share: 0 });
      const reading = buildReading(day(2), { guardrails: [buildGuardrail('errors', { harmed: true })] });
      expect(told(decideStep(plan, state, reading, day(2)))).toEqual(['HOLD', 'ROLLOUT_FINISHED']);
    },
  );
});

describe('memory', () => {
  it('keeps the smallest harm and split p-values ever seen', () => {
    const state = buildState(plan, {
      memory: { harmP: { errors: 0.01, quality: 1 }, srmP: 0.5, holdDigest: 'x' },
    });
    expect(decideStep(plan, state, buildReading(day(2)), day(2)).memory).toEqual({
      harmP: { errors: 0.01, quality: 0.8 },
      srmP: 0.5,
      holdDigest: 'x',
    });
  });
});
