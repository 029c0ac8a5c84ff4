import { mutants } from '/tmp/wt/sim/test/simulation/mutants/index.ts';
import { patched } from '/tmp/wt/sim/test/simulation/mutants/mutant.ts';
let bad = 0;
for (const m of mutants)
  try {
    patched(m);
  } catch (e) {
    bad++;
    console.log(String(e));
  }
console.log(mutants.length, 'mutants', bad, 'do not apply');
