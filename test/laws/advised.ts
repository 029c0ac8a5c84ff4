// What every advice must come to: something to do, a command to start with, and the lasting change in the languages infrastructure is written in;
// or a reason why there can be none.
import { spawnSync } from 'node:child_process';
import { causes } from '../../lib/causes/index.ts';
import type { StageRef } from '../../lib/model/api.ts';
import type { Advice, Diagnosis } from '../../lib/model/cause.ts';

/** No setting mends it, so no code keeps it: by cause, or by cause and breakage where other facts of that cause can be kept in code. */
export const notInCode: Readonly<Record<string, string>> = {
  'aws-incident': 'a fault of AWS: nothing in the account is wrong',
  'authorizer-error': 'the authorizer’s own code',
  'backend-error': 'the backend’s own errors',
  'backend-tls-failure': 'the backend’s certificate, which whoever keeps the backend renews',
  'backend-unreachable': 'the backend’s own address and port',
  'lambda-dependency-failure': 'what the function’s code depends on',
  'lambda-init-failure': 'the function’s own code and package',
  'lambda-malformed-response': 'the function’s own answer: the code of it is shown',
  'lambda-not-found': 'the function is made again by the very code that made it',
  'lambda-unhandled-error': 'the function’s own code',
  'response-too-large': 'the function’s own answer, and a limit of Lambda that nobody can raise',
  'integration-timeout backend-hangs': 'the backend’s own time; the gateway waits as long as it may',
  'integration-timeout slow-integration': 'the function’s own time; the gateway waits as long as it may',
  'integration-missing route-not-deployed': 'what is edited stands in code already; it only has to be deployed',
  'custom-domain domain-certificate-over': 'the certificate is imported: whoever issued it renews it',
  'service-access-denied queue-policy-denies': 'a statement somebody wrote to deny it: theirs to take away',
  'lambda-state function-failed-state': 'Lambda makes the function anew when it is updated; no setting is wrong',
  'vpc-link-unavailable vpc-link-asleep': 'the link wakes by itself with traffic',
};
/** Reasons that were needed: one that is not is stale. */
export const needed = new Set<string>();

const code = ['yaml', 'typescript', 'hcl'];

/** What is wrong with the advice on what was found. Every difference is one sentence. */
export function adviceProblems(breakage: string, diagnosis: Diagnosis, at: StageRef): readonly string[] {
  const found = causes.find((c) => c.id === diagnosis.cause);
  if (!found) return [];
  const verdict = diagnosis.suspects.find((s) => s.id === found.id)?.verdict;
  const facts = verdict && 'facts' in verdict ? verdict.facts : undefined;
  const advice = found.advice(facts, at);
  const blank = found.advice(undefined, at);
  return [
    ...(blank.steps.length === 0 ? ['without facts there is nothing to do'] : []),
    ...(advice.steps.length === 0 ? ['there is nothing to do'] : []),
    ...(advice.snippets.length === 0 ? ['there is no command'] : []),
    ...(advice.snippets.length > 0 && advice.snippets[0]?.language !== 'bash' && found.id !== 'lambda-malformed-response'
      ? [`it begins with ${advice.snippets[0]?.language}, not with a command`]
      : []),
    ...shellProblems(advice),
    ...codeProblems(`${found.id} ${breakage}`, found.id, advice),
  ];
}

function codeProblems(both: string, cause: string, { snippets }: Advice): readonly string[] {
  const pieces = Map.groupBy(
    snippets.filter((s) => /\((?:CloudFormation|CDK|Terraform)\)$/.test(s.title)),
    (s) => s.title.replace(/ \([^()]*\)$/, ''),
  );
  if (pieces.size === 0) {
    const key = both in notInCode ? both : cause;
    needed.add(key);
    return key in notInCode ? [] : [`it is not kept in code, and test/laws/advised.ts has no reason for ${both}`];
  }
  return [...pieces].flatMap(([title, each]) =>
    code.every((language) => each.some((s) => s.language === language))
      ? []
      : [`"${title}" is only in ${each.map((s) => s.title).join(', ')}`],
  );
}

/** Whether a shell takes each command as it stands. */
function shellProblems({ snippets }: Advice): readonly string[] {
  return snippets
    .filter((s) => s.language === 'bash')
    .flatMap((s) => {
      const parsed = spawnSync('bash', ['-n'], { input: s.code, encoding: 'utf8' });
      return parsed.status === 0 ? [] : [`a shell does not take "${s.title}": ${parsed.stderr.slice(0, 200)}`];
    });
}
