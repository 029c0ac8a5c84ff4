// Slack's packages are CommonJS. Node gives a lazy import of one its names; esbuild, bundling with splitting, gives `default` alone (seen on
// the emulator). Both are the same module.

/** The module's exports, wherever the loader put them; `name` is one of them. */
export const exportsOf = <M extends object>(loaded: M & { readonly default?: unknown }, name: keyof M): M =>
  name in loaded || loaded.default === undefined ? loaded : (loaded.default as M);
