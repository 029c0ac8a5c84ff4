// Maps a custom domain to the stage again, exactly as CloudTrail recorded the mapping that was removed. A domain whose mapping is not on record
// is left to a person: it may never have been this API's.
import * as v from 'valibot';
import type { StageRef } from '../model/api.ts';
import { absent, fix, type Change, type PlanInput, type Refusal } from '../model/change.ts';
import type { ApiChange, CustomDomain } from '../model/kinds/gateway.ts';
import { each, err, ok, type Result } from '../model/result.ts';
import basePathMapping, { type MappingTarget } from '../settings/base-path-mapping.ts';

type Kind = 'customDomains' | 'apiTrail';
type Plan = PlanInput<Kind>;

const factsSchema = v.object({ domains: v.array(v.object({ name: v.string(), what: v.string() })) });

export default fix<Kind, never>({
  id: 'restore-base-path-mapping',
  title: 'Map the custom domain to the stage again',
  about: {
    changes:
      'Makes the base path mapping again that CloudTrail records as removed, with the path, API and stage of the record that made it. Only REST APIs, only domains that the owner listed in `resources` (`arn:aws:apigateway:…::/domainnames/api.example.com/*`), and only where the record shows that it led to this stage. It steps aside where rules decide where the domain’s requests go.',
    costs: 'nothing',
  },
  treats: ['custom-domain'],
  settings: [basePathMapping.id],
  risk: 'the domain may have been taken away from this API on purpose',
  consent: 'asked',
  judgeMs: 15 * 60_000,
  cooldownMs: 60 * 60_000,
  looksAt: ['customDomains', 'apiTrail'],
  async plan(input) {
    const facts = v.safeParse(factsSchema, input.facts);
    const lost = facts.success ? facts.output.domains.filter(({ what }) => what === 'noMapping') : [];
    if (lost.length === 0) return err({ reason: 'no domain is known to lack its mapping' });
    if (input.at.apiType !== 'REST') return err({ reason: 'mappings of HTTP and WebSocket APIs are made by hand' });
    return await each(lost, ({ name }) => changeFor(input, name));
  },
});

async function changeFor(input: Plan, domainName: string): Promise<Result<Change, Refusal>> {
  const { customDomains, apiTrail } = input.evidence;
  if (customDomains.state !== 'got') return err({ reason: `the custom domains could not be read: ${customDomains.detail}` });
  if (apiTrail.state !== 'got') return err({ reason: `where ${domainName} led is not known: ${apiTrail.detail}` });
  const domain = customDomains.value.domains.find((d) => d.name === domainName);
  if (!domain || byRules(domain)) return err({ reason: `rules decide where requests to ${domainName} go; a mapping would not be asked` });
  const was = mappingBefore(apiTrail.value.changes, domainName, input.at);
  if (!was) return err({ reason: `CloudTrail has no record that a mapping of ${domainName} led to this stage and was removed` });
  const { accountId, region, apiId, stage } = input.at;
  const target: MappingTarget = { accountId, region, domainName, basePath: was.basePath };
  const now = await input.read(basePathMapping.id, target);
  if (!now.ok) return now;
  if (now.value.value !== absent) return err({ reason: `https://${domainName}/${was.basePath} leads somewhere again already` });
  return ok({ setting: basePathMapping.id, target, from: absent, to: { apiId, stage } });
}

const byRules = ({ routing }: CustomDomain): boolean => routing !== undefined && routing !== 'BASE_PATH_MAPPING_ONLY';

/** The newest removal names the path only; the record that made it, where it led. */
function mappingBefore(changes: readonly ApiChange[], domainName: string, at: StageRef): { readonly basePath: string } | undefined {
  const removed = changes.find((c) => c.name === 'DeleteBasePathMapping' && c.domainName === domainName);
  if (!removed) return undefined;
  const made = changes.find(
    (c) => c.mappedTo !== undefined && c.domainName === domainName && c.at <= removed.at && pathOf(c.basePath) === pathOf(removed.basePath),
  );
  return made?.mappedTo === at.apiId && made.mappedStage === at.stage ? { basePath: pathOf(removed.basePath) } : undefined;
}
const pathOf = (basePath: string | undefined): string => (basePath === undefined || basePath === '(none)' ? '' : basePath);
