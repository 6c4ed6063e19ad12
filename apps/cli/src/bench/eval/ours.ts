import { type CompiledRuleset, compileRuleset, decide } from '@app/bucketing';
import { createContender } from '@app/sdk';
import type { Evaluator } from './evaluator.js';
import { aRuleset, experiments, type WorkUnits } from './workload.js';

const keys = experiments.map((one) => one.key);

/** The SDK's public call in the calling process. Like the peers, which have no listener, it records no exposures. */
export function ourSdk(units: WorkUnits): Evaluator {
  const client = createContender({
    bootstrap: aRuleset(),
    onError: () => undefined,
  });
  const options = { expose: false };
  return {
    name: 'our SDK',
    run: (calls, from) => {
      let assigned = 0;
      for (let n = 0; n < calls; n += 1) {
        const at = from + n;
        const u = at % units.ids.length;
        const attributes = { country: units.countries[u], plan: units.plans[u] };
        if (client.assign(keys[at % keys.length]!, units.ids[u]!, attributes, options).variant !== null)
          assigned += 1;
      }
      return assigned;
    },
    close: () => client.close({ timeoutMs: 0 }),
  };
}

/** `decide` itself, without what the SDK puts around it. */
export function ourDecide(
  units: WorkUnits,
  compiled: CompiledRuleset = compileRuleset(aRuleset()),
): Evaluator {
  return {
    name: 'libs/bucketing',
    run: (calls, from) => {
      let assigned = 0;
      for (let n = 0; n < calls; n += 1) {
        const at = from + n;
        const u = at % units.ids.length;
        const attributes = { country: units.countries[u], plan: units.plans[u] };
        if (decide(compiled, keys[at % keys.length]!, units.ids[u]!, attributes).variant !== null)
          assigned += 1;
      }
      return assigned;
    },
  };
}
