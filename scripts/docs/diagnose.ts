// docs/diagnose.md: the command line told by itself. Its example is run while this is written, so that the page shows what is printed now.
import { readFileSync } from 'node:fs';
import { table as calls } from '../../lib/aws/table.ts';
import type { Answer } from '../../lib/command/answer.ts';
import type { Edges } from '../../lib/command/command.ts';
import { declared } from '../../lib/command/declared.ts';
import { diagnose } from '../../lib/command/diagnose.ts';
import { firstLine, table } from './words.ts';

const example = 'docs/example-case.json';

/** What the command prints for the example. */
async function printed(...args: readonly string[]): Promise<string> {
  let out = '';
  const edges: Edges = {
    terminal: {
      print: async (text) => {
        out += text;
      },
      heard: () => true,
      say: (line) => {
        throw new Error(`the example is no good case: ${line}`);
      },
      progress: () => undefined,
      ask: () => Promise.reject(new Error('the example asks nobody')),
      columns: 100,
      colour: false,
    },
    files: {
      async *read() {
        yield readFileSync(new URL(`../../${example}`, import.meta.url));
      },
      write: () => Promise.reject(new Error('the example saves nothing')),
    },
    live: () => Promise.reject(new Error('the example is recorded')),
    installed: () => Promise.reject(new Error('the example is recorded')),
    now: () => 0,
  };
  await diagnose.run(['--input', example, ...args], edges);
  return out.trimEnd();
}

const fence = (language: string, text: string): readonly string[] => [`\`\`\`${language}`, text, '```'];

/** Some lines of a text, the rest as `…`. */
const cut = (text: string, lines: number): string => [...text.split('\n').slice(0, lines), '…'].join('\n');

const field: Readonly<Record<keyof Answer, string>> = {
  id: 'of the case; live: API id and stage',
  cause: 'an id of [causes.md](causes.md), or `unknown`',
  certainty: '`confirmed` by evidence no caller can forge; `suspected`; `unknown`',
  suspects:
    'what was considered, the answer first: `id`, `clues` (`quote`, `in` which evidence, `source` of the pattern), `standing` (`confirmed`, `ruledOut`, `unproven`), `because`, `missing` (`kind`, `why`, `detail`)',
  consequences: 'suspects that the cause explains: they go when it goes',
  besides: 'confirmed too: other faults of their own',
  behind: 'not proven, and would explain the cause',
  unaskedFixes:
    'what an installation in mode `act`, with the default settings, would do by itself on this evidence: `fix`, `treats`, `changes`',
  askedFixes: 'what it would ask a person about, and `because` of what',
  waitingFixes: 'what it would hold back: a deploy still runs, nothing fails any more',
  advice: 'what to do, in sentences',
  commands: 'ready commands and code: `title`, `language`, `code`',
  nextProbe: 'what would settle an open question; `null` when nothing is open',
  missing:
    'what could not be seen, and `why`: `denied`, `notEnabled`, `throttled`, `empty`, `late`, `gone`, `down`, `notRecorded`, `overBudget` and `timedOut` are different things',
};

/** Every action of a live look, for one statement. */
const actions = (): string =>
  [...new Set(declared().flatMap((name) => calls[name].iam))]
    .sort()
    .map((action) => `"${action}"`)
    .join(', ');

/** The text of docs/diagnose.md. */
export async function diagnoseDoc(): Promise<string> {
  const [page, json] = [await printed(), await printed('--json')];
  const shown = JSON.stringify(JSON.parse(json), null, 2);
  return `${[
    firstLine,
    '# The command line',
    '',
    'Names the cause of 5xx answers in seconds, says how sure it is, and what would settle it. It only ever reads, it asks no model, and the same evidence always gives the same answer.',
    '',
    '## A recorded case',
    '',
    ...fence('', `npm run -s gatemedic -- diagnose --input ${example}\n\n${page}`),
    '',
    `[${example.replace('docs/', '')}](example-case.json) is one case; \`.jsonl\` files hold one a line, and \`-\` is standard input. No network, no credentials. What a case may hold: [the format](../test/corpus/README.md). Bad lines are named, with line and field, on standard error; the good ones are answered all the same.`,
    '',
    '## A live stage',
    '',
    ...fence(
      '',
      [
        'npm run -s gatemedic -- diagnose --api a1b2c3d4e5 --stage prod',
        "npm run -s gatemedic -- diagnose --api a1b2c3d4e5 --stage '$default' --since 3h",
        'npm run -s gatemedic -- diagnose --api-url https://api.example.com/shop/v1/orders --save case.json',
      ].join('\n'),
    ),
    '',
    '- Credentials, Region and endpoint are the environment’s, as for the AWS CLI (`AWS_PROFILE`, `AWS_REGION`, `AWS_ENDPOINT_URL`, …). `--region` names another Region; an address names its own.',
    '- The newest burst of the span is looked at, also when it is over. No sign of trouble is said so.',
    '- What was denied ends in the policy that would allow it; a log that is off, in the command that turns it on. Neither is taken for “nothing wrong”.',
    '- `--save` writes what was seen as a case that `--input` reads back to the same answer. Secrets are taken out; names and ids are not, so read it before you show it to anybody.',
    '',
    'It makes no call that writes. All it may ask for, as one statement (each call and its reason: [permissions.md](permissions.md)):',
    '',
    ...fence('json', `{ "Effect": "Allow", "Resource": "*", "Action": [${actions()}] }`),
    '',
    '## For machines',
    '',
    '`--json` prints one object a case, a line each, in the order of the cases:',
    '',
    ...fence('json', cut(shown, 24)),
    '',
    ...table(
      ['field', ''],
      Object.entries(field).map(([name, says]) => [`\`${name}\``, says]),
    ),
    '',
    'A live look adds `stage`, `failing` (true, false, or null where the metrics do not tell), `calm` (no sign of trouble), `traffic` and `calls`.',
    '',
    ...table(
      ['exit', 'when'],
      [
        ['0', 'a cause was named, or nothing is wrong'],
        ['1', 'the cause is unknown; of many cases, at least one'],
        ['2', 'asked for wrongly, a bad file or line, no access'],
        ['70', 'a bug of Gatemedic’s own, with its stack'],
      ],
    ),
    '',
    '## The causes',
    '',
    '`gatemedic causes` lists what it can tell apart; `gatemedic causes <id>` says what it is, how it is told, what else it looks like and what mends it, as [causes.md](causes.md) does.',
  ].join('\n')}\n`;
}
