// An installation as a person at a terminal reaches it, with the credentials they have: its table is read, and an order is handed to the one
// function that takes orders. Its name is fixed, and it knows the table.
import { setTimeout as wait } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { STSClient } from '@aws-sdk/client-sts';
import type { CallError } from '../aws/calls.ts';
import { ownSettings, watchedSettings } from '../aws/live/settings.ts';
import type { InstalledAccount } from '../command/command.ts';
import { readInstallation, unpackSettings, type Installation } from '../model/installation.ts';
import { functionName, liveAlias } from '../model/names.ts';
import { err, type Result } from '../model/result.ts';
import { dynamoStore } from '../store/dynamo.ts';
import type { Store } from '../store/store.ts';
import { presigned } from './presign.ts';
import { trying, whoAmI } from './who-am-i.ts';

/** An order waits for its answer: the function may take half a minute. Handed over twice it is one order. */
const handing = (region: string) => ({
  region,
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_500, requestTimeout: 40_000, throwOnRequestTimeout: true },
});
const takesOrders = { FunctionName: functionName('answer'), Qualifier: liveAlias };

export function installedAccount(env: NodeJS.ProcessEnv, region: string): InstalledAccount {
  let made: LambdaClient | undefined;
  // made on first use: without a Region the SDK refuses to, and the command says that better
  const lambda = (): LambdaClient => (made ??= new LambdaClient(handing(region)));
  return {
    region,
    ...(env['AWS_ENDPOINT_URL'] ? { endpoint: env['AWS_ENDPOINT_URL'] } : {}),
    ...(env['AWS_PROFILE'] ? { profile: env['AWS_PROFILE'] } : {}),
    whoAmI: () => whoAmI(watchedSettings(region)),
    describe: () => described(lambda()),
    store: (table) => readOnly(dynamoStore({ client: new DynamoDBClient(ownSettings(region)), table, id: () => '' })),
    presign: (value, at) => trying('the signature', () => presigned(region, new STSClient({ region }).config.credentials, value, at)),
    hand: (order) => handed(lambda(), order),
    pause: (ms) => wait(ms),
  };
}

type Described = { readonly table: string; readonly settings: Installation };

async function described(lambda: LambdaClient): Promise<Result<Described, CallError>> {
  const call = 'lambda:GetFunctionConfiguration';
  const answer = await trying(call, () => lambda.send(new GetFunctionConfigurationCommand(takesOrders)));
  if (!answer.ok) return answer;
  const { GATEMEDIC_TABLE: table, GATEMEDIC_INSTALLATION: text } = answer.value.Environment?.Variables ?? {};
  const odd = (message: string): Result<Described, CallError> => err({ kind: 'refused', call, name: 'NotUnderstood', message });
  if (!table || !text) return odd('the function has no GATEMEDIC_TABLE or GATEMEDIC_INSTALLATION that may be read');
  try {
    return { ok: true, value: { table, settings: readInstallation(JSON.parse(unpackSettings(text))) } };
  } catch (error) {
    return odd(error instanceof Error ? error.message : 'its settings cannot be read');
  }
}

async function handed(lambda: LambdaClient, order: unknown): Promise<Result<unknown, CallError>> {
  const call = 'lambda:InvokeFunction';
  const answer = await trying(call, () => lambda.send(new InvokeCommand({ ...takesOrders, Payload: JSON.stringify(order) })));
  if (!answer.ok) return answer;
  const text = Buffer.from(answer.value.Payload ?? []).toString('utf8');
  const { FunctionError: failed } = answer.value;
  return failed === undefined
    ? { ok: true, value: JSON.parse(text) as unknown }
    : err({ kind: 'refused', call, name: failed, message: text.slice(0, 400) });
}

/** The command line never writes to the table, whatever its credentials may. */
function readOnly(store: Store): Store {
  const refuse = (): never => {
    throw new Error('the command line reads the table and writes nothing to it; hand an order to the installation');
  };
  return {
    get: (key) => store.get(key),
    list: (name, range) => store.list(name, range),
    putIfAbsent: refuse,
    putIfUnchanged: refuse,
    deleteIfUnchanged: refuse,
    countBelow: refuse,
  };
}
