// A world for the tests of intake and upkeep: the store in memory, a workflow that burns names as Step Functions does, and
// scripted answers of AWS. Everything is counted; any step can be made to crash.
import type { Answer, CallName, In } from '../../lib/aws/calls.ts';
import { defaults, type Installation } from '../../lib/model/installation.ts';
import type { UndoInput, World } from '../../lib/world.ts';
import { memoryStore, type StoreHook } from '../../lib/store/memory.ts';

const installation: Installation = {
  accountId: '123456789012',
  region: 'us-east-1',
  mode: 'act',
  stages: [
    { apiType: 'REST', apiId: 'a1b2c3d4e5', apiName: 'orders', stage: 'prod' },
    { apiType: 'HTTP', apiId: 'h1h2h3h4h5', apiName: 'search', stage: '$default' },
  ],
  functions: [],
  approvers: [],
  slack: { channel: 'C012AB3CD', teamId: 'T012AB3CD', appId: 'A012AB3CD' },
  ...defaults,
  fixes: [...defaults.fixes],
  deployPrincipals: [],
};

type Script = { [N in CallName]?: (input: In<N>) => Answer<N> };
class Crash extends Error {}

export function upkeepWorld(options: { script?: Script; installation?: Partial<Installation>; startAt?: number } = {}) {
  const counts = { gets: 0, puts: 0, lists: 0, starts: 0, undos: 0, posts: 0 };
  const calls: { name: CallName; input: unknown }[] = [];
  let crashBefore: ((what: string) => boolean) | undefined;
  let crashAfter: ((what: string) => boolean) | undefined;
  const step = async <T>(what: string, work: () => Promise<T> | T): Promise<T> => {
    if (crashBefore?.(what)) throw new Crash(`before ${what}`);
    const result = await work();
    if (crashAfter?.(what)) throw new Crash(`after ${what}`);
    return result;
  };
  const hook: StoreHook = (operation) => {
    if (operation === 'get') counts.gets++;
    if (operation === 'put') counts.puts++;
    if (operation === 'list') counts.lists++;
  };
  const inner = memoryStore(hook);
  const store: World['store'] = {
    get: (key) => inner.get(key),
    putIfAbsent: (item) => step(`put ${item.key.split('#')[0]}`, () => inner.putIfAbsent(item)),
    putIfUnchanged: (item, version) => step(`put ${item.key.split('#')[0]}`, () => inner.putIfUnchanged(item, version)),
    deleteIfUnchanged: (key, version) => step('delete', () => inner.deleteIfUnchanged(key, version)),
    countBelow: (key, max, at) => inner.countBelow(key, max, at),
    list: (name, range) => inner.list(name, range),
  };
  const executions = new Map<string, 'running' | 'ended'>();
  const undos = new Map<string, UndoInput>();
  const dead: { record: unknown; reason: string }[] = [];
  const published: Readonly<Record<string, unknown>>[] = [];
  const logged: { event: string; fields: unknown }[] = [];
  let now = options.startAt ?? 1_700_000_000_000;
  let ids = 0;
  const script: Script = options.script ?? {};
  const world: World<CallName> = {
    aws: {
      call: async <N extends CallName>(name: N, input: In<N>): Promise<Answer<N>> => {
        calls.push({ name, input });
        const answer = script[name];
        if (!answer) throw new Error(`the test has no answer for ${name}`);
        return answer(input);
      },
    },
    store,
    slack: { post: async () => (counts.posts++, { ts: `${counts.posts}.0` }), update: async () => {}, whisper: async () => {} },
    topic: { publish: (_subject, message) => step('publish', () => void published.push(message)) },
    workflow: {
      startIncident: (id) =>
        step('start', () => {
          counts.starts++;
          if (executions.has(id)) return 'already';
          executions.set(id, 'running');
          return 'started';
        }),
      startUndo: (input) =>
        step('startUndo', () => {
          counts.undos++;
          if (undos.has(input.name)) return 'already';
          undos.set(input.name, input);
          return 'started';
        }),
      wake: async () => 'woken',
      scheduleUndo: async () => {},
      status: async (id) => executions.get(id) ?? 'unknown',
    },
    identity: { callerOf: async () => ({ refused: 'nobody orders anything here' }) },
    deadLetter: { put: (record, reason) => step('dead letter', () => void dead.push({ record, reason })) },
    installation: { ...installation, ...options.installation },
    now: () => now,
    timeLeftMs: () => Infinity,
    id: () => `id${++ids}`,
    log: (event, fields) => void logged.push({ event, fields }),
  };
  return {
    world,
    store: inner,
    counts,
    calls,
    executions,
    undos,
    dead,
    published,
    logged,
    script,
    pass: (ms: number) => void (now += ms),
    crashWhen: (when: 'before' | 'after', is: (what: string) => boolean) =>
      void (when === 'before' ? (crashBefore = is) : (crashAfter = is)),
    calm: () => void (crashBefore = crashAfter = undefined),
  };
}

export const answered = <T>(value: T) => ({ ok: true, value }) as const;
export const failed = (kind: 'throttled' | 'denied' | 'gone' | 'down' | 'refused' | 'conflict', name = 'SomeException', message = 'no') =>
  ({ ok: false, error: { kind, call: 'x', name, message } }) as const;
