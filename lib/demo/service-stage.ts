// The shop's stage as a front of AWS services instead of a function, and its CORS mock beside the function: what breakages of services and
// mappings deploy before they break them.
import type { MappedIntegration } from '../sandbox/account/mapped.ts';
import { gatewayTrust } from '../sandbox/account/roles-and-queues.ts';
import { routesOf, type Shop, type ShopStage } from './shop.ts';

const place = (stage: ShopStage) => ({ apiId: stage.apiId, stage: stage.stage });
export const roleOf = (stage: ShopStage): string => `${stage.apiName}-gateway`;
export const targetOf = (stage: ShopStage): string => `${stage.apiName}-jobs`;

const arn = (shop: Shop, service: string, rest: string): string =>
  `arn:aws:${service}:${shop.account.region}:${shop.account.accountId}:${rest}`;
/** What the stage's role may do: send to its queue, put into its table, start its machine. */
export const permissionsOf = (shop: Shop, stage: ShopStage) => [
  { Effect: 'Allow' as const, Action: 'sqs:SendMessage', Resource: arn(shop, 'sqs', targetOf(stage)) },
  { Effect: 'Allow' as const, Action: 'dynamodb:PutItem', Resource: arn(shop, 'dynamodb', `table/${targetOf(stage)}`) },
  { Effect: 'Allow' as const, Action: 'states:StartExecution', Resource: arn(shop, 'states', `stateMachine:${targetOf(stage)}`) },
];

const ok = { pattern: '2\\d{2}', statusCode: '200' };
/** What an owner does who thought of failures: whatever else is answered becomes 500. */
const mapped = { answers: [ok, { pattern: '', statusCode: '500' }], declares: ['200', '500'] };

export const toQueue = (stage: ShopStage): MappedIntegration => ({
  service: { name: 'sqs', action: 'SendMessage', queue: targetOf(stage) },
  role: roleOf(stage),
  template: 'Action=SendMessage&MessageBody=$context.requestId',
  contentType: 'application/x-www-form-urlencoded',
  ...mapped,
});
/** One who did not: a failure fits no mapping. */
export const toTable = (stage: ShopStage): MappedIntegration => ({
  service: { name: 'dynamodb', action: 'PutItem' },
  role: roleOf(stage),
  template: `{"TableName": "${targetOf(stage)}", "Item": {"id": {"S": "$context.requestId"}}}`,
  answers: [ok],
  declares: ['200'],
});
export const toMachine = (shop: Shop, stage: ShopStage): MappedIntegration => ({
  service: { name: 'states', action: 'StartExecution' },
  role: roleOf(stage),
  template: `{"stateMachineArn": "${arn(shop, 'states', `stateMachine:${targetOf(stage)}`)}", "input": "{}"}`,
  ...mapped,
});

/** Deploys the stage's routes to a service. */
export function serveByService(shop: Shop, stage: ShopStage, integration: MappedIntegration): void {
  shop.account.editApi(
    place(stage),
    ['GET', 'POST'].map((method) => ({ method, path: `/${stage.apiName}`, mapped: integration })),
  );
  shop.account.deployApi(place(stage));
}

/** Makes the queue, the table, the machine and the role that may use them, and deploys the stage's routes to one of them. */
export function openServices(shop: Shop, stage: ShopStage, integration: MappedIntegration): void {
  const { services } = shop.account;
  services.putQueue(targetOf(stage));
  services.putTable(targetOf(stage), { key: 'id' });
  services.putMachine(targetOf(stage));
  services.putRole(roleOf(stage), { statements: permissionsOf(shop, stage) });
  serveByService(shop, stage, integration);
}

/** Deploys the function's routes with a role of their own; the function's policy is not asked any more. */
export function serveWithRole(shop: Shop, stage: ShopStage): void {
  letInvoke(shop, stage);
  shop.account.editApi(
    place(stage),
    routesOf(stage).map((route) => ({ ...route, role: roleOf(stage) })),
  );
  shop.account.deployApi(place(stage));
}
export const letInvoke = (shop: Shop, stage: ShopStage): void =>
  shop.account.services.putRole(roleOf(stage), {
    trust: gatewayTrust,
    statements: [
      { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: `${arn(shop, 'lambda', `function:${stage.functionName}`)}*` },
    ],
  });

/** A route to a service beside the function's, and callers of it: what fails there is a part of what fails. */
export function openBeside(shop: Shop, stage: ShopStage, integration: MappedIntegration): void {
  openServices(shop, stage, integration);
  const path = `/${stage.apiName}/jobs`;
  shop.account.editApi(place(stage), [...routesOf(stage), { method: 'POST', path, mapped: integration }]);
  shop.account.deployApi(place(stage));
  shop.account.traffic({ ...place(stage), route: { method: 'POST', path }, perSecond: 2 });
}

const goodMock = '{"statusCode": 200}';
/** Deploys an OPTIONS mock beside the function's routes, as CORS has it; `template` is what it answers by. */
export function serveMock(shop: Shop, stage: ShopStage, template = goodMock): void {
  const mock: MappedIntegration = { template, answers: [{ pattern: '', statusCode: '200' }], declares: ['200'] };
  shop.account.editApi(place(stage), [...routesOf(stage), { method: 'OPTIONS', path: `/${stage.apiName}`, mapped: mock }]);
  shop.account.deployApi(place(stage));
}

/** The mock, and browsers that ask it first. */
export function openMock(shop: Shop, stage: ShopStage): void {
  serveMock(shop, stage);
  shop.account.traffic({ ...place(stage), route: { method: 'OPTIONS', path: `/${stage.apiName}` }, perSecond: 2 });
}
export const setBinary = (shop: Shop, stage: ShopStage, types: readonly string[]): void =>
  shop.account.setBinaryMediaTypes(place(stage), types);
