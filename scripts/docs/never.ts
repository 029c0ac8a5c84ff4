// What Gatemedic leaves to people, for docs/fixes.md: the causes that no fix treats, each with its reason, and the things it never writes. A cause
// that nobody treats and that has no reason stops the documents.
import { causes } from '../../lib/causes/index.ts';
import { fixes } from '../../lib/fixes/index.ts';
import { table } from './words.ts';

/** Why a cause is told and not mended. One that a fix treats by now is not shown. */
const reasons: Readonly<Record<string, string>> = {
  'authorizer-error': 'the authorizer’s own code fails, or answers what the gateway cannot read',
  'aws-incident': 'AWS mends it; a change would only add another',
  'backend-error': 'the backend answers 5xx by itself: its owners have the log, and the release to roll back',
  'backend-tls-failure': 'certificates and their keys are never touched; turning verification off would hide who answers',
  'backend-unreachable': 'DNS, ports and processes of backends are out of reach',
  'custom-domain': 'a domain leads to one API at a time: which one is the owner’s to say',
  'integration-missing': 'where a route should lead is the owner’s to say, and a deployment takes everything along that was edited',
  'integration-route-mismatch': 'the address a route should have is the owner’s to say',
  'lambda-not-found': 'a function is made again by the code that made it',
  'lambda-state': 'keys, subnets and roles of functions are never touched',
  'mapping-template-error': 'templates are code; only their owner knows what they should say',
  'payload-encoding': 'binary media types change what all callers get; a deployment takes everything along that was edited',
  'response-mapping-error': 'what callers should get for an answer is the owner’s to say',
  'service-request-invalid': 'what a request should say is the owner’s to say; a deleted queue or table is not made again',
  'target-unhealthy': 'targets belong to what deploys them (ECS, Auto Scaling), which would register others',
  'vpc-link-unavailable': 'a failed link cannot be mended, only made anew; one that sleeps wakes with traffic',
  'waf-error': 'a web ACL is never taken off a stage: whatever it keeps out would come in',
};

/** fixes.md §19, and what the fixes themselves refuse. */
const never: readonly string[] = [
  'code, templates and data: functions’ code, mapping templates, items, messages, objects',
  'secrets and private keys: neither read nor written; certificates and KMS keys: described, never written',
  'trust policies of roles, and what managed policies say; any policy that lets a role change permissions or pass roles',
  'a security-group rule that opens to public addresses; outbound rules, network ACLs, routes, DNS',
  'billing modes, indexes and streams of tables; throughput where Application Auto Scaling steers it',
  'quotas: they take hours, and a person who asks',
  'anything of another account or Region, and anything the owner did not list or tag',
];

export function neverPart(): readonly string[] {
  const left = causes.filter((c) => !fixes.some((f) => f.treats.includes(c.id)));
  const rows = left.map((c) => {
    const why = reasons[c.id];
    if (why === undefined) throw new Error(`no fix treats ${c.id}: say why in scripts/docs/never.ts`);
    return [`[${c.id}](causes.md#${c.id})`, why];
  });
  return [
    '',
    '## Advice only',
    '',
    'Some causes no fix treats. They are told all the same, with the command to start with and, where a setting mends it, with that setting in CloudFormation, CDK and Terraform; so is a cause whose fix is not installed.',
    '',
    ...table(['cause', 'why Gatemedic does not mend it'], rows),
    '',
    'Never written, whatever is installed and whoever approves:',
    '',
    ...never.map((one) => `- ${one}`),
  ];
}
