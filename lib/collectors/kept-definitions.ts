// What the stage served before, where Gatemedic kept it while all was well; and whether the functions it names are still there. What was kept
// comes from Gatemedic's own store, with the input: AWS can export no deployment but the one a stage serves.
import { functionKey, type FunctionRef } from '../model/api.ts';
import { got, missing } from '../model/evidence.ts';
import type { KeptDefinition, KeptDefinitions } from '../model/kept.ts';
import { collector, notHad } from './collector.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    keptDefinitions: KeptDefinitions;
  }
}

/** A definition that names more is not checked as a whole, and then not put back. */
const functionsAtMost = 10;

export default collector({
  kind: 'keptDefinitions',
  title: 'What the stage served before',
  trust: 'aws',
  calls: ['lambda:GetFunctionConfiguration'],
  needs: ['deployedApi'],
  round: 'suspect',
  maxCalls: functionsAtMost,
  async read(aws, { have: { deployedApi }, kept = [], now }) {
    if (deployedApi.state === 'missing')
      return missing(deployedApi.why, `which deployment the stage serves is not known: ${deployedApi.detail}`);
    const [before] = kept.filter((k) => k.deploymentId !== deployedApi.value.deploymentId).toSorted((a, b) => b.keptAt - a.keptAt);
    if (!before)
      return missing('empty', 'no definition of an earlier deployment was kept: Gatemedic keeps those it sees while all is well');
    const refs = functionsOf(before);
    if (refs.length > functionsAtMost) return missing('overBudget', `the definition that was kept names ${refs.length} functions`);
    const gone: string[] = [];
    for (const ref of refs) {
      const { name: FunctionName, qualifier: Qualifier } = ref;
      const answer = await aws.call('lambda:GetFunctionConfiguration', { FunctionName, ...(Qualifier === undefined ? {} : { Qualifier }) });
      if (!answer.ok && answer.error.kind !== 'gone') return notHad(answer.error);
      if (!answer.ok) gone.push(functionKey(ref));
    }
    return got({ before, gone }, { from: now, to: now }, 'aws');
  },
});

const functionsOf = ({ routes }: KeptDefinition): readonly FunctionRef[] => [
  ...new Map(routes.flatMap((r) => (r.function ? [[functionKey(r.function), r.function] as const] : []))).values(),
];
