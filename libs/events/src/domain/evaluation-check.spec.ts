import { checkEvaluations } from './evaluation-check.js';

const row = (variant: string, yes: number, exposures = 0, no = 0) => ({ variant, yes, no, exposures });

describe('what SDKs evaluated against what was exposed', () => {
  it('shows both shares among the arms, and the toggle as a whole', () => {
    const check = checkEvaluations([
      row('b', 30, 9),
      row('', 100, 0, 5),
      row('a', 60, 11),
      row('champion', 10),
    ]);
    expect(check).toEqual({
      yes: 100,
      no: 5,
      arms: [
        {
          variant: 'a',
          evaluations: 60,
          evaluatedShare: 2 / 3,
          exposures: 11,
          exposedShare: 0.55,
          finding: null,
        },
        {
          variant: 'b',
          evaluations: 30,
          evaluatedShare: 1 / 3,
          exposures: 9,
          exposedShare: 0.45,
          finding: null,
        },
        {
          variant: 'champion',
          evaluations: 10,
          evaluatedShare: null,
          exposures: 0,
          exposedShare: null,
          finding: null,
        },
      ],
    });
  });

  it('finds the arm that is given and never exposed, and the one our rules do not have', () => {
    const { arms } = checkEvaluations([row('a', 60, 11), row('b', 30), row('other', 2), row('c', 0, 4)]);
    expect(arms.map(({ variant, finding }) => [variant, finding])).toEqual([
      ['a', null],
      ['b', 'NEVER_EXPOSED'],
      ['c', null],
      ['other', 'UNKNOWN_ARM'],
    ]);
  });

  it('has no shares of nothing', () => {
    expect(checkEvaluations([]).arms).toEqual([]);
    expect(checkEvaluations([row('a', 3)]).arms[0]).toMatchObject({ evaluatedShare: 1, exposedShare: null });
  });
});
