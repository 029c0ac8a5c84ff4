// The project's own source files, read and parsed: what the tidy tests look at.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync, type EcmaScriptModule } from 'oxc-parser';

export const root = fileURLToPath(new URL('..', import.meta.url));
const walk = (folder: string): string[] =>
  readdirSync(join(root, folder)).flatMap((name) => {
    const path = join(folder, name);
    return statSync(join(root, path)).isDirectory() ? walk(path) : [path];
  });

/** Paths from the root. */
export const sources = ['bin', 'lib', 'functions', 'scripts', 'test'].flatMap(walk).filter((p) => /\.(ts|js|css|html)$/.test(p));
export const code = sources.filter((p) => p.endsWith('.ts'));
export const text = (path: string): string => readFileSync(join(root, path), 'utf8');

const parsed = new Map<string, EcmaScriptModule>();
export function moduleOf(path: string): EcmaScriptModule {
  const known = parsed.get(path) ?? parseSync(path, text(path)).module;
  parsed.set(path, known);
  return known;
}

export interface Import {
  readonly from: string;
  readonly typeOnly: boolean;
  /** Names taken; `*` for all of them, `default` for the default. */
  readonly names: readonly string[];
}
export function importsOf(path: string): Import[] {
  const { staticImports, dynamicImports, staticExports } = moduleOf(path);
  const nameOf = (n: { kind: string; name: string | null }): string => n.name ?? (n.kind === 'Default' ? 'default' : '*');
  const fixed = staticImports.map((i) => ({
    from: i.moduleRequest.value,
    typeOnly: i.entries.length > 0 && i.entries.every((e) => e.isType),
    names: i.entries.map((e) => nameOf(e.importName)),
  }));
  const lazy = dynamicImports.map((i) => ({
    from: text(path).slice(i.moduleRequest.start + 1, i.moduleRequest.end - 1),
    typeOnly: false,
    names: ['*'],
  }));
  const again = staticExports.flatMap((e) =>
    e.entries.flatMap((entry) =>
      entry.moduleRequest ? [{ from: entry.moduleRequest.value, typeOnly: entry.isType, names: [nameOf(entry.importName)] }] : [],
    ),
  );
  return [...fixed, ...lazy, ...again];
}

/** The file a relative import means. */
export const meant = (path: string, from: string): string => normalize(join(dirname(path), from));
