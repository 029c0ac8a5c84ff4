// How much each function may run at once: reserved and provisioned concurrency, and what the account has left.
import type { Answer, Aws } from '../aws/calls.ts';
import type { FunctionRef, StageRef } from '../model/api.ts';
import { got, type Missing } from '../model/evidence.ts';
import type { FunctionConcurrency } from '../model/kinds/function.ts';
import { err, ok, type Result } from '../model/result.ts';
import { collector, notHad } from './collector.ts';
import { askEach, functionName, outOfReach, partly } from './reading/per-function.ts';

declare module '../model/evidence.ts' {
  interface EvidenceKinds {
    functionConcurrency: FunctionConcurrency;
  }
}

const calls = ['lambda:GetFunctionConcurrency', 'lambda:GetProvisionedConcurrencyConfig', 'lambda:GetAccountSettings'] as const;
type Calls = (typeof calls)[number];
type Limits = FunctionConcurrency['functions'][string];

export default collector({
  kind: 'functionConcurrency',
  title: 'Reserved and provisioned concurrency',
  trust: 'aws',
  calls,
  needs: ['deployedApi'],
  round: 'suspect',
  maxCalls: 21,
  async read(aws, { at, have, lines, now }) {
    const [asked, account] = await Promise.all([
      askEach(have.deployedApi, lines, ({ ref }) => limitsOf(aws, ref, at)),
      aws.call('lambda:GetAccountSettings', {}),
    ]);
    if (!asked.ok) return asked.error;
    return got({ functions: asked.value.had, ...accountOf(account), ...partly(asked.value.notHad) }, { from: now, to: now }, 'aws');
  },
});

function accountOf(answer: Answer<'lambda:GetAccountSettings'>): Pick<FunctionConcurrency, 'account'> {
  const limit = answer.ok ? answer.value.AccountLimit : undefined;
  const { ConcurrentExecutions, UnreservedConcurrentExecutions } = limit ?? {};
  return ConcurrentExecutions === undefined
    ? {}
    : { account: { limit: ConcurrentExecutions, unreserved: UnreservedConcurrentExecutions ?? ConcurrentExecutions } };
}

async function limitsOf(aws: Aws<Calls>, ref: FunctionRef, at: StageRef): Promise<Result<Limits, Missing>> {
  if (outOfReach(ref, at)) return ok({});
  const FunctionName = functionName(ref, at);
  const [reserved, provisioned] = await Promise.all([
    aws.call('lambda:GetFunctionConcurrency', { FunctionName }),
    ref.qualifier === undefined || ref.qualifier === '$LATEST'
      ? undefined
      : aws.call('lambda:GetProvisionedConcurrencyConfig', { FunctionName, Qualifier: ref.qualifier }),
  ]);
  if (!reserved.ok) return err(notHad(reserved.error));
  if (provisioned && !provisioned.ok && provisioned.error.kind !== 'gone') return err(notHad(provisioned.error));
  return ok({
    ...(reserved.value.ReservedConcurrentExecutions === undefined ? {} : { reserved: reserved.value.ReservedConcurrentExecutions }),
    ...provisionedOf(provisioned),
  });
}

/** "Not found" is Lambda's way to say that nothing is provisioned. */
function provisionedOf(answer: Answer<'lambda:GetProvisionedConcurrencyConfig'> | undefined): Pick<Limits, 'provisioned'> {
  if (!answer?.ok) return {};
  const {
    RequestedProvisionedConcurrentExecutions: requested,
    AvailableProvisionedConcurrentExecutions: available,
    Status: status,
  } = answer.value;
  return requested === undefined ? {} : { provisioned: { requested, available: available ?? 0, status: status ?? 'UNKNOWN' } };
}
