// The one shape for "it worked, or here is why not". Outcomes are values; only bugs throw.

export type Ok<T> = { readonly ok: true; readonly value: T };
export type Err<E> = { readonly ok: false; readonly error: E };
export type Result<T, E> = Ok<T> | Err<E>;

export const ok = <T>(value: T): Ok<T> => ({ ok: true, value });
export const err = <E>(error: E): Err<E> => ({ ok: false, error });

/** One after the other, until one is an error: then that is the answer. */
export async function each<A, T, E>(all: Iterable<A>, work: (one: A) => Promise<Result<T, E>>): Promise<Result<readonly T[], E>> {
  const done: T[] = [];
  for (const one of all) {
    const result = await work(one);
    if (!result.ok) return result;
    done.push(result.value);
  }
  return ok(done);
}

/** Fields of an answer may be missing: recorded cases are partial, and AWS leaves out what is unset. */
export type DeepPartial<T> = T extends Date | Uint8Array | ((...args: never[]) => unknown)
  ? T
  : T extends readonly (infer U)[]
    ? DeepPartial<U>[]
    : T extends object
      ? { [K in keyof T]?: DeepPartial<T[K]> | undefined }
      : T;
