// How one service's calls are sent: a function a call, in the SDK's own shapes.
import type { CallName, In, Out } from '../calls.ts';

export type ServiceName = CallName extends infer N ? (N extends `${infer S}:${string}` ? S : never) : never;

/** Every call of one service; a call added to the table and forgotten here does not compile. */
export type Sends<S extends ServiceName> = { readonly [N in Extract<CallName, `${S}:${string}`>]: (input: In<N>) => Promise<Out<N>> };
