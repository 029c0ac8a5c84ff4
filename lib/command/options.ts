// Options as a shell gives them, strictly: a misspelt option is an error with the one that was meant, never ignored.
import { parseArgs } from 'node:util';
import { distance } from 'fastest-levenshtein';
import { CommandError } from './command-error.ts';

export interface OptionKinds {
  readonly [name: string]: 'string' | 'boolean';
}
export interface Options {
  readonly texts: Readonly<Record<string, string>>;
  readonly flags: ReadonlySet<string>;
  readonly rest: readonly string[];
}

/** `help` names the command in the error, where more is told. */
export function readOptions(args: readonly string[], kinds: OptionKinds, command: string): Options {
  const options = Object.fromEntries(Object.entries(kinds).map(([name, type]) => [name, { type }]));
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const texts: Record<string, string> = {};
  const flags = new Set<string>();
  const rest: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') rest.push(token.value);
    if (token.kind !== 'option') continue;
    const kind = Object.hasOwn(kinds, token.name) ? kinds[token.name] : undefined;
    if (kind === undefined) throw unknownOption(token.rawName, kinds, command);
    if (kind === 'boolean' && token.value !== undefined)
      throw new CommandError(`${token.rawName} takes no value; leave out ${JSON.stringify(token.value)}`);
    if (kind === 'boolean') flags.add(token.name);
    else if (token.name in texts) throw new CommandError(`${token.rawName} is given twice; give it once`);
    else texts[token.name] = valueOf(token, command);
  }
  return { texts, flags, rest };
}

function valueOf(
  token: { readonly rawName: string; readonly value: string | undefined; readonly inlineValue: boolean | undefined },
  command: string,
): string {
  const forgotten = token.value === undefined || token.value === '' || (!token.inlineValue && /^--?[a-z]/.test(token.value));
  if (token.value === undefined || forgotten)
    throw new CommandError(`${token.rawName} needs a value; gatemedic ${command} --help tells which`);
  return token.value;
}

function unknownOption(rawName: string, kinds: OptionKinds, command: string): CommandError {
  const all = Object.keys(kinds).map((name) => `--${name}`);
  const near = all.find((name) => distance(name, rawName) <= 2);
  return new CommandError(
    `unknown option ${JSON.stringify(rawName)}${near ? `; is it ${near}?` : `; there are ${all.join(', ')}`} (gatemedic ${command} --help tells more)`,
  );
}
