// Versions and aliases over Lambda's control plane: publishing, listing, moving, with Lambda's own refusals (fixes.md §4, §5).
import { ok, type Result } from '../../../model/result.ts';
import { moveAlias } from '../aliases.ts';
import { fail, type Failure, meta } from '../failure.ts';
import { type Alias, arnOf, type LambdaFunction, type Release } from '../functions.ts';
import type { Caller } from '../trail.ts';
import { aliasConfiguration, configuration, find, missing } from './lambda.ts';
import type { Answers, Parts } from './parts.ts';

type Names = 'lambda:UpdateAlias' | 'lambda:ListVersionsByFunction' | 'lambda:PublishVersion';

const refuse = (message: string) => fail('refused', 'InvalidParameterValueException', message);
export const stale = () =>
  fail(
    'conflict',
    'PreconditionFailedException',
    'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
  );
export const updating = ({ base }: Parts, fn: LambdaFunction) =>
  fail(
    'conflict',
    'ResourceConflictException',
    `The operation cannot be performed at this time. An update is in progress for resource: ${arnOf(base, fn.name)}`,
  );

/** What Lambda has against these weights beside this version. */
function routingFault(fn: LambdaFunction, version: string, weights: Readonly<Record<string, number>>) {
  const [extra, ...more] = Object.entries(weights);
  if (!extra) return undefined;
  if (more.length > 0) return refuse('Number of items in AdditionalVersionWeights cannot be greater than 1');
  if (version === '$LATEST' || extra[0] === '$LATEST')
    return refuse('$LATEST is not supported for an alias pointing to more than 1 version');
  if (extra[0] === version) return refuse(`Function version ${version} is already included in routing configuration.`);
  if (extra[1] < 0 || extra[1] > 1) return refuse('Value for AdditionalVersionWeights failed to satisfy constraint: between 0 and 1');
  return fn.versions.has(extra[0]) ? undefined : refuse(`Function version ${extra[0]} does not exist.`);
}

function aliasAt(parts: Parts, fn: LambdaFunction, name: string | undefined): Result<Alias, Failure> {
  const alias = fn.aliases.get(name ?? '');
  return alias ? ok(alias) : fail('gone', 'ResourceNotFoundException', `Cannot find alias arn: ${arnOf(parts.base, fn.name, name)}`);
}

/** The version a publish would repeat: Lambda makes none while nothing changed since the last (SDK: PublishVersion). */
function unchanged({ latest, versions }: LambdaFunction): Release | undefined {
  const last = [...versions.values()].at(-1);
  return last &&
    last.codeSha256 === latest.codeSha256 &&
    last.timeoutSeconds === latest.timeoutSeconds &&
    last.memoryMb === latest.memoryMb &&
    last.initMs === latest.initMs
    ? last
    : undefined;
}

function publish(parts: Parts, fn: LambdaFunction, description: string | undefined, by: Caller): Release {
  const version = unchanged(fn) ?? parts.functions.publish(fn, description);
  parts.trail.record({
    eventName: 'PublishVersion20150331',
    eventSource: 'lambda.amazonaws.com',
    by,
    requestParameters: { functionName: fn.name, description },
    resources: [
      { type: 'AWS::Lambda::Function', name: fn.name },
      { type: 'AWS::Lambda::Function', name: arnOf(parts.base, fn.name) },
    ],
  });
  return version;
}

export const versionAnswers = (parts: Parts): Pick<Answers, Names> => ({
  'lambda:UpdateAlias': (input, by) => {
    const found = find(parts, input.FunctionName);
    if (!found.ok) return found;
    const { fn } = found.value;
    const alias = aliasAt(parts, fn, input.Name);
    if (!alias.ok) return alias;
    if (input.RevisionId !== undefined && input.RevisionId !== alias.value.revision) return stale();
    const version = input.FunctionVersion ?? alias.value.version;
    if (version !== '$LATEST' && !fn.versions.has(version)) return missing(parts, fn.name, version);
    const weights = input.RoutingConfig?.AdditionalVersionWeights ?? (input.RoutingConfig ? {} : alias.value.weights);
    const fault = routingFault(fn, version, weights);
    if (fault) return fault;
    const moved = moveAlias(parts, fn, { name: alias.value.name, version, weights, by });
    return ok({ ...meta, ...aliasConfiguration(parts, fn, moved) });
  },
  'lambda:ListVersionsByFunction': (input) => {
    const found = find(parts, input.FunctionName);
    if (!found.ok) return found;
    const { fn } = found.value;
    const all = [fn.latest, ...fn.versions.values()];
    const from = Number(input.Marker ?? 0);
    const to = from + Math.min(input.MaxItems ?? 50, 50);
    return ok({
      ...meta,
      Versions: all.slice(from, to).map((release) => configuration(parts, fn, release, release.version)),
      ...(to < all.length ? { NextMarker: String(to) } : {}),
    });
  },
  'lambda:PublishVersion': (input, by) => {
    const found = find(parts, input.FunctionName);
    if (!found.ok) return found;
    const { fn } = found.value;
    if (fn.updating) return updating(parts, fn);
    if (input.RevisionId !== undefined && input.RevisionId !== fn.latest.revision) return stale();
    if (input.CodeSha256 !== undefined && input.CodeSha256 !== fn.latest.codeSha256)
      return refuse(
        `CodeSHA256 (${input.CodeSha256}) is different from current CodeSHA256 in $LATEST (${fn.latest.codeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
      );
    const version = publish(parts, fn, input.Description, by);
    return ok(configuration(parts, fn, version, version.version));
  },
});
