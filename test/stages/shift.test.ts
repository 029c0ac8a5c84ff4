// One setting moved, as whatever the world answers: what stands there decides, and a value that is neither of ours is never written over.
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import type { Aws, CallError, CallName } from '../../lib/aws/calls.ts';
import { err, ok, type Result } from '../../lib/model/result.ts';
import type { AnySetting } from '../../lib/settings/setting.ts';
import { shift, type Direction } from '../../lib/stages/changing/moves.ts';

const call = 'lambda:UpdateAlias';
const error = (kind: CallError['kind'], from: CallError['call'] = call): CallError => ({ kind, call: from, name: kind, message: '' });
interface World {
  /** What stands there; each read takes the first, and the last stays. */
  readonly reads: readonly (string | CallError)[];
  readonly writes?: readonly Result<void, CallError>[];
  readonly barred?: CallError;
}

async function moved({ reads, writes = [ok(undefined)], barred }: World, direction: Direction = 'apply') {
  const [read, write] = [[...reads], [...writes]];
  let written = 0;
  const setting = {
    calls: { read: ['lambda:GetAlias'], write: [call] },
    read: async () => {
      const one = read.length > 1 ? read.shift() : read[0];
      return typeof one === 'string' ? ok({ value: one }) : err(one);
    },
    write: async (aws: Aws<CallName>) => {
      const sent = await aws.call(call, { FunctionName: 'f', Name: 'live' });
      if (!sent.ok) return sent;
      written++;
      return write.length > 1 ? write.shift() : write[0];
    },
    same: (a: unknown, b: unknown) => a === b,
  } as unknown as AnySetting;
  const aws: Aws<CallName> = { call: async () => ok({}) as never };
  const move = { setting: { ...setting, target: v.any(), value: v.any() }, target: {}, from: 'old', to: 'new' };
  return { done: await shift(aws, move, direction, async () => barred), written };
}

describe('moving one setting', () => {
  test('from where it was to where it goes, and back', async () => {
    expect(await moved({ reads: ['old', 'new'] })).toEqual({ done: { is: 'there', wrote: true }, written: 1 });
    expect(await moved({ reads: ['new', 'old'] }, 'undo')).toEqual({ done: { is: 'there', wrote: true }, written: 1 });
  });
  test('what stands at the goal is not written again, and is not ours', async () =>
    expect(await moved({ reads: ['new'] })).toEqual({ done: { is: 'there', wrote: false }, written: 0 }));
  test('a third value before the write is somebody else’s: nothing is written', async () =>
    expect(await moved({ reads: ['other'] })).toEqual({ done: { is: 'drift', found: 'other' }, written: 0 }));
  test('a third value after the write is somebody else’s, who wrote after us', async () =>
    expect(await moved({ reads: ['old', 'other'] })).toEqual({ done: { is: 'drift', found: 'other' }, written: 1 }));
  test('the old value after the write may be a read that lags', async () =>
    expect(await moved({ reads: ['old', 'old'] })).toEqual({ done: { is: 'there', wrote: true }, written: 1 }));
  test.each(['throttled', 'down', 'denied'] as const)('a write that answered %s and happened all the same is made', async (kind) =>
    expect(await moved({ reads: ['old', 'new'], writes: [err(error(kind))] })).toMatchObject({ done: { is: 'there', wrote: true } }),
  );
  test('a write that failed and is not seen is failed; it may have happened where its answer is not known', async () => {
    for (const [kind, mayHaveHappened] of [
      ['down', true],
      ['throttled', true],
      ['denied', false],
    ] as const)
      expect(await moved({ reads: ['old'], writes: [err(error(kind))] })).toMatchObject({ done: { is: 'failed', mayHaveHappened } });
  });
  test('an edit of the same resource in between is read again, once', async () => {
    const conflict = err(error('conflict'));
    expect(await moved({ reads: ['old', 'old', 'new'], writes: [conflict, ok(undefined)] })).toMatchObject({
      done: { is: 'there' },
      written: 2,
    });
    expect(await moved({ reads: ['old', 'other'], writes: [conflict] })).toEqual({ done: { is: 'drift', found: 'other' }, written: 1 });
    expect(await moved({ reads: ['old'], writes: [conflict] })).toMatchObject({ done: { is: 'failed' }, written: 2 });
  });
  test('what cannot be read is not written', async () =>
    expect(await moved({ reads: [error('denied', 'lambda:GetAlias')] })).toMatchObject({
      done: { is: 'failed', mayHaveHappened: false },
      written: 0,
    }));
  test('a bar stops the write itself, and is tried no second time', async () =>
    expect(await moved({ reads: ['old'], barred: error('conflict', 'lock') })).toMatchObject({
      done: { is: 'failed' },
      written: 0,
    }));
});
