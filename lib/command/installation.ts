// The installation a command speaks to: who asks, where its table is, what its owner set. What is missing on the way is one sentence with what
// would allow it.
import type { CallError } from '../aws/calls.ts';
import { defaults, type Installation } from '../model/installation.ts';
import { functionName } from '../model/names.ts';
import type { Store } from '../store/store.ts';
import { WorldError, type Caller } from '../world.ts';
import { CommandError } from './command-error.ts';
import type { Edges, InstalledAccount } from './command.ts';
import { noAccess } from './no-access.ts';
import { readOptions, type OptionKinds, type Options } from './options.ts';
import { statementFor, statements } from './people-policy.ts';

/** Options of every command that speaks to an installation. */
const whereKinds = { region: 'string', table: 'string', json: 'boolean' } as const satisfies OptionKinds;
export const whereHelp = `  --region <name>  the installation's Region, where the environment says another one
  --table <name>   its table, where the function ${functionName('answer')} may not be read
  --json           for machines`;

export interface Reached {
  readonly account: InstalledAccount;
  readonly me: Caller;
  readonly store: Store;
  readonly place: { readonly accountId: string; readonly region: string };
  /** Undefined where they may not be read. */
  readonly settings: Installation | undefined;
  readonly undoWindowMs: number;
}

export const readWhere = (args: readonly string[], command: string, more: OptionKinds = {}): Options =>
  readOptions(args, { ...whereKinds, ...more }, command);

export async function reach({ texts }: Options, edges: Edges): Promise<Reached> {
  const account = await edges.installed(texts['region']);
  if (!/^[a-z]{2}(-[a-z]{1,12}){1,3}-\d{1,2}$/.test(account.region))
    throw new CommandError(
      `the Region is ${JSON.stringify(account.region)}; give the installation's own, such as us-east-1 (--region, AWS_REGION)`,
    );
  const me = await account.whoAmI();
  if (!me.ok) throw noAccess(me.error, account);
  const place = { accountId: me.value.accountId, region: account.region };
  const described = await account.describe();
  if (!described.ok && texts['table'] === undefined) throw notFound(described.error, account, place);
  const settings = described.ok ? described.value.settings : undefined;
  const table = texts['table'] ?? (described.ok ? described.value.table : '');
  return { account, me: me.value, place, store: account.store(table), settings, undoWindowMs: (settings ?? defaults).undoWindowMs };
}

function notFound(error: CallError, account: InstalledAccount, { accountId, region }: Reached['place']): CommandError {
  if (error.kind === 'gone')
    return new CommandError(
      `there is no function ${functionName('answer')} in ${region} of account ${accountId}, so Gatemedic is not installed there; check AWS_PROFILE and --region, or name its table with --table`,
    );
  return noAccess(error, account, JSON.stringify(statementFor('lambda:GetFunctionConfiguration', { accountId, region })));
}

/** What the table refuses, as one sentence; a row that cannot be read is told, never guessed. */
export async function reading<T>({ place, account }: Reached, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof WorldError) throw tableTrouble(error, account, place);
    if (error instanceof Error && error.message.startsWith('stored item '))
      throw new CommandError(`${error.message}; it was written by another version: use the command line of the version that is installed`);
    throw error;
  }
}

function tableTrouble(error: WorldError, account: InstalledAccount, place: Reached['place']): CommandError {
  if (error.kind === 'gone')
    return new CommandError(
      `there is no such table in ${place.region} of account ${place.accountId}; check --table (the stack's output GatemedicTableName)`,
    );
  const kind = error.kind === 'conflict' ? 'down' : error.kind;
  const refused: CallError = { kind, call: error.call, name: error.name, message: error.message };
  return noAccess(refused, account, JSON.stringify(statements(place).find(({ Action }) => Action.includes(error.call))));
}
