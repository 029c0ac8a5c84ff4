// Reads a mapping template (Velocity) as far as its faults can be told without running it: blocks that are not closed, a `#set` that
// does not end. One pass over the text; what is not understood is no fault.

/** The first thing wrong with a template, in words; undefined when nothing can be told. */
export function faultOf(template: string): string | undefined {
  const open: string[] = [];
  for (const d of directivesIn(template)) {
    if (d.name === 'end' && open.pop() === undefined) return '#end closes nothing';
    if ((d.name === 'else' || d.name === 'elseif') && open.at(-1) !== 'if') return `#${d.name} stands outside of an #if`;
    if (blocks.has(d.name)) open.push(d.name);
    if (d.name === 'set' && !endsAt(template, d.at)) return 'the parenthesis of a #set is not closed';
  }
  const last = open.at(-1);
  return last === undefined ? undefined : `#${last} is not closed by an #end`;
}

const blocks = new Set(['if', 'foreach', 'macro', 'define']);

interface Directive {
  readonly name: string;
  /** Where the text behind its name begins. */
  readonly at: number;
}

/** Directives outside of comments and of `#[[literal]]#` text, in order. */
function* directivesIn(template: string): Generator<Directive> {
  const name = /#\{?(if|elseif|else|end|foreach|set|macro|define)\b\}?/y;
  let i = 0;
  while (i < template.length) {
    const at = template.indexOf('#', i);
    if (at < 0) return;
    const skipped = skip(template, at);
    if (skipped !== undefined) {
      i = skipped;
      continue;
    }
    name.lastIndex = at;
    const found = template[at - 1] === '\\' ? null : name.exec(template);
    if (found?.[1]) yield { name: found[1], at: name.lastIndex };
    i = found ? at + found[0].length : at + 1;
  }
}

/** Where a comment or literal text that begins here ends; undefined where none begins. */
function skip(template: string, at: number): number | undefined {
  const ends = (
    [
      ['##', '\n'],
      ['#*', '*#'],
      ['#[[', ']]#'],
    ] as const
  ).find(([begin]) => template.startsWith(begin, at));
  if (!ends) return undefined;
  const end = template.indexOf(ends[1], at + ends[0].length);
  return end < 0 ? template.length : end + ends[1].length;
}

/** Whether the parenthesis that opens here closes again, strings left out. */
function endsAt(template: string, at: number): boolean {
  let depth = 0;
  let quote: string | undefined;
  for (let i = at; i < template.length; i++) {
    const c = template[i];
    if (quote !== undefined) {
      if (c === quote) quote = undefined;
    } else if (c === '"' || c === "'") quote = c;
    else if (c === '(') depth++;
    else if (c === ')' && --depth === 0) return true;
    else if (depth === 0 && c !== ' ' && c !== '\t') return false;
  }
  return false;
}
