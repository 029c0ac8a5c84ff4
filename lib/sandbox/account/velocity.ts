// Runs a mapping template as far as the sandbox's APIs need it: directives, a few functions of $input and $util. Written apart from the
// product's own reading of templates, so that each tests the other. Throws where Velocity would not parse.

/** The template cannot be parsed: the gateway says that it could not transform. */
export class TemplateError extends Error {}

interface Parsed {
  readonly text: string;
  readonly at: number;
  readonly ended: '' | 'end' | 'else';
}

/** What the template makes of a request's or an answer's body. */
export function renderTemplate(template: string, body: string): string {
  const { text, ended } = block(template, 0, body);
  if (ended !== '') throw new TemplateError(`#${ended} outside of a block`);
  return text;
}

function block(template: string, from: number, body: string): Parsed {
  let text = '';
  let at = from;
  for (;;) {
    const next = /#(if|elseif|else|end|foreach|set)\b/g;
    next.lastIndex = at;
    const found = next.exec(template);
    if (!found?.[1]) return { text: text + put(template.slice(at), body), at: template.length, ended: '' };
    text += put(template.slice(at, found.index), body);
    const name = found[1];
    if (name === 'end') return { text, at: next.lastIndex, ended: 'end' };
    if (name === 'else' || name === 'elseif')
      return { text, at: name === 'else' ? next.lastIndex : parenthesis(template, next.lastIndex), ended: 'else' };
    const after = parenthesis(template, next.lastIndex);
    if (name === 'set') at = after;
    else {
      const inner = inside(template, after, body);
      text += inner.text;
      at = inner.at;
    }
  }
}

/** A condition holds and a list has one entry: the first branch is taken. */
function inside(template: string, from: number, body: string): Parsed {
  const first = block(template, from, body);
  let last = first;
  while (last.ended === 'else') last = block(template, last.at, body);
  if (last.ended !== 'end') throw new TemplateError('a block without an end');
  return { ...first, at: last.at };
}

function parenthesis(template: string, from: number): number {
  let depth = 0;
  for (let i = from; i < template.length; i++) {
    if (template[i] === '(') depth++;
    if (template[i] === ')' && --depth === 0) return i + 1;
  }
  throw new TemplateError('a parenthesis without an end');
}

const put = (text: string, body: string): string =>
  text
    .replaceAll(/\$util\.urlEncode\(\$input\.body\)/g, () => encodeURIComponent(body))
    .replaceAll(/\$util\.escapeJavaScript\(\$input\.body\)/g, () => JSON.stringify(body).slice(1, -1))
    .replaceAll(/\$input\.(?:body|json\('\$'\))/g, () => body)
    .replaceAll('$context.requestId', 'request');
