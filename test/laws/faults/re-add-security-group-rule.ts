// Somebody revokes the rule by which a private backend's targets admit their load balancer.
import type { GroupRuleTarget } from '../../../lib/settings/security-group-rule.ts';
import type { Account } from '../../../lib/sandbox/account/index.ts';
import type { PrivateBackend } from '../../../lib/sandbox/account/network.ts';
import { at, type Fault } from '../fault.ts';
import { alice } from '../services-behind.ts';

const made = new WeakMap<Account, PrivateBackend>();
function backendOf(account: Account): PrivateBackend {
  const found = made.get(account);
  if (!found) throw new Error('the account was not prepared');
  return found;
}

function serve(account: Account): void {
  const backend = account.network.putPrivateBackend({ name: 'orders-private', version: 1 });
  made.set(account, backend);
  const { linkId, balancerArn, listenerArn, port } = backend;
  const place = { apiId: at.apiId, stage: at.stage };
  const path = '/orders/private';
  account.editApi(place, [
    { method: 'GET', path: '/orders', functionName: 'orders', qualifier: 'live' },
    { method: 'GET', path, privateBackend: { linkId, balancerArn, listenerArn, port, ms: 40 } },
  ]);
  account.deployApi(place);
  account.traffic({ ...place, route: { method: 'GET', path }, perSecond: 2 });
}

export default {
  fix: 're-add-security-group-rule',
  cause: 'network-blocked',
  prepare: serve,
  breakIt: (account) => void account.network.revokeRules(backendOf(account).targetGroup, 'ingress', alice),
  lookedAtMs: 8 * 60_000,
  settlesMs: 5_000,
  facts: (account: Account) => {
    const { targetGroup, balancerGroup } = backendOf(account);
    const says = `security group ${targetGroup} of the targets has no rule that admits the load balancer on port 8080`;
    const sides = { at: targetGroup, groups: [targetGroup], peer: balancerGroup, peers: [balancerGroup], peerSubnets: [] };
    return { ways: [{ what: 'ingress', says, port: 8080, ...sides, routes: ['GET /orders/private'] }] };
  },
  async drift(attempt, { target }) {
    const { groupId, source } = target as GroupRuleTarget;
    const UserIdGroupPairs = [{ GroupId: source.kind === 'group' ? source.group : '' }];
    const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080, UserIdGroupPairs }];
    await attempt('ec2:RevokeSecurityGroupIngress', { GroupId: groupId, IpPermissions });
    await attempt('ec2:AuthorizeSecurityGroupIngress', { GroupId: groupId, IpPermissions });
  },
} satisfies Fault;
