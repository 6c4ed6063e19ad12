/** Bodies shown in the API description; `variant` is that of the example experiment. */
export const PROMOTE_EXAMPLES = {
  winner: {
    summary: 'Promote the winner in the usual stages',
    value: { variant: 'large', reason: 'Better answers, and the look says SHIP' },
  },
  careful: {
    summary: 'Two stages of our own, and a person before 100 %',
    value: {
      variant: 'large',
      reason: 'Better answers, and the look says SHIP',
      stages: [
        { share: 0.05, marginFactor: 2, bakeSeconds: 172800, minUnits: 500 },
        { share: 0.5, bakeSeconds: 259200 },
        { share: 1, requiresApproval: true },
      ],
    },
  },
  shadow: {
    summary: 'Mirrored requests first, before anybody gets it',
    value: {
      variant: 'large',
      reason: 'The experiment was small; compare answers before anybody gets them',
      stages: [
        { kind: 'shadow', share: 0, bakeSeconds: 86400, minUnits: 500 },
        { share: 0.05 },
        { share: 0.5 },
      ],
    },
  },
};

export const REHEARSE_EXAMPLES = {
  usual: { summary: 'The usual stages', value: { variant: 'large' } },
  quick: {
    summary: 'Two stages of our own, with more runs',
    value: { variant: 'large', runs: 200, stages: [{ share: 0.1, marginFactor: 2 }, { share: 0.5 }] },
  },
};

const because = (reason: string) => ({ decision: { value: { reason } } });

export const DECISION_EXAMPLES = {
  approve: because('Read fifty answers, they are fine'),
  advance: because('Support is short of people today; the answers were read by hand'),
  hold: because('Waiting for legal'),
  resume: because('Legal agrees'),
  rollback: because('Customers complain about the tone'),
};
