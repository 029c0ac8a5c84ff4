// Whose code owns what a plan changes: by CloudFormation's own records, else by who changed it last, as CloudTrail says. Then the way to make the
// change last is told in the language of that code first. Pure.
import type { Snippet } from '../../model/cause.ts';
import type { Gathered } from '../../model/evidence.ts';
import type { Owner, OwnerTool } from '../../model/kinds/ownership.ts';

/** The first owner that is known of what is written to. */
export function ownerOf(writesTo: readonly string[], evidence: Gathered): Owner | undefined {
  const { ownership } = evidence;
  const owners = ownership?.state === 'got' ? ownership.value.owners : {};
  for (const arn of writesTo) {
    const owner = Object.hasOwn(owners, arn) ? owners[arn] : undefined;
    if (owner) return owner;
  }
  return writesTo.some((arn) => lastByTerraform(arn, evidence)) ? { tool: 'terraform' } : undefined;
}

/** The provider signs each call: `APN/1.0 HashiCorp/1.0 Terraform/1.9 … terraform-provider-aws/…` (its documentation, user_agent). */
const terraform = /\bHashiCorp\/[\d.]{1,20} Terraform\/|\bterraform-provider-aws\//i;

/** Whether the newest change of a function, or of the API, that CloudTrail knows of was Terraform's. */
function lastByTerraform(arn: string, evidence: Gathered): boolean {
  const newest = changesOf(arn, evidence).reduce<Changed | undefined>((last, e) => (last && last.at >= e.at ? last : e), undefined);
  return newest?.userAgent !== undefined && terraform.test(newest.userAgent);
}

type Changed = { readonly at: number; readonly userAgent?: string };

function changesOf(arn: string, { changeTrail, apiTrail }: Gathered): readonly Changed[] {
  const [, , service, , , , name] = arn.split(':');
  if (service === 'lambda' && changeTrail?.state === 'got')
    return changeTrail.value.events.filter((e) => e.functionKey.split(':')[0] === name);
  // the trail is of this one API; a record of its domain's mappings says nothing of its stage
  return service === 'apigateway' && apiTrail?.state === 'got' ? apiTrail.value.changes.filter((c) => c.domainName === undefined) : [];
}

const languages: Readonly<Record<OwnerTool, readonly Snippet['language'][]>> = {
  cdk: ['typescript'],
  sam: ['yaml'],
  serverless: ['yaml'],
  cloudformation: ['yaml'],
  terraform: ['hcl'],
};

/** The owner's language first; the rest as they were. */
export function inTheirWords(snippets: readonly Snippet[], owner: Owner | undefined): readonly Snippet[] {
  if (!owner) return snippets;
  const first = (s: Snippet): number => (languages[owner.tool].includes(s.language) ? 0 : 1);
  return snippets.toSorted((a, b) => first(a) - first(b));
}
