// The removal of the stack, on the template: CloudFormation deletes what depends on others first. Before anything that farewell needs goes, it has
// been heard; and whatever could begin a change is gone by then.
import { expect, test } from 'vitest';
import { functionName } from '../../lib/model/names.ts';
import { synthesise } from './synth.ts';

interface Raw {
  readonly Type: string;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
  readonly Properties?: unknown;
}
const { json } = synthesise();
const resources = (json as { Resources: Record<string, Raw> }).Resources;
const idsOf = (type: string, like = ''): readonly string[] =>
  Object.keys(resources).filter((id) => resources[id]?.Type === type && JSON.stringify(resources[id]?.Properties).includes(like));
const only = (type: string, like = ''): string => {
  const [id, more] = idsOf(type, like);
  if (id === undefined || more !== undefined) throw new Error(`${type} ${like}: ${idsOf(type, like).length}`);
  return id;
};
/** What CloudFormation makes before this resource, and so deletes after it: DependsOn, Ref, GetAtt, all the way down. */
function needed(id: string, seen = new Set<string>()): ReadonlySet<string> {
  const { DependsOn = [], Properties } = resources[id] ?? { Type: '' };
  const text = JSON.stringify(Properties ?? {});
  const named = [...text.matchAll(/"Ref":"(\w+)"|"Fn::GetAtt":\["(\w+)"/g)].map((m) => m[1] ?? m[2] ?? '');
  for (const next of [...[DependsOn].flat(), ...named])
    if (next in resources && !seen.has(next)) {
      seen.add(next);
      needed(next, seen);
    }
  return seen;
}
const farewell = only('Custom::GatemedicFarewell');

test('its function, role, policy, log group, table, topic and queue are still there while it works', () => {
  const fn = only('AWS::Lambda::Function', functionName('farewell'));
  const [role] = (resources[fn] as { Properties: { Role: { 'Fn::GetAtt': [string] } } }).Properties.Role['Fn::GetAtt'];
  const policy = only('AWS::IAM::Policy', `"Roles":[{"Ref":"${role}"}]`);
  const group = only('AWS::Logs::LogGroup', functionName('farewell'));
  const alias = only('AWS::Lambda::Alias', fn);
  const all = needed(farewell);
  for (const id of [fn, role, policy, group, alias, only('AWS::DynamoDB::Table'), only('AWS::SNS::Topic')])
    expect(all, `${id} must outlive farewell`).toContain(id);
});
test('the machines are gone before it: nothing begins a change that nobody would take back', () => {
  const machines = idsOf('AWS::StepFunctions::StateMachine');
  expect(machines).toHaveLength(2);
  for (const machine of machines) expect(needed(machine)).toContain(farewell);
  for (const machine of machines) expect(needed(farewell)).not.toContain(machine);
});
test('CloudFormation does not wait for ever', () => {
  expect(resources[farewell]?.Properties).toMatchObject({ ServiceTimeout: '180' });
});
test('the table is kept, whatever is in force', () => {
  expect(resources[only('AWS::DynamoDB::Table')]?.DeletionPolicy).toBe('Retain');
});
test('an update replaces nothing: its properties never change', () => {
  const { Properties: other } =
    (synthesise({ mode: 'ask', undoWindowHours: 2 }).json as { Resources: Record<string, Raw> }).Resources[farewell] ?? {};
  expect(other).toEqual(resources[farewell]?.Properties);
});
