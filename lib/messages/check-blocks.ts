// Slack's limits as a check: what Slack would answer with `invalid_blocks`, found before a person misses a message. Used by the
// tests and by the stand-in Slack; reads plain data, so that a hand-made message is checked the same way.
import { limits } from './blocks.ts';

type Fields = Readonly<Record<string, unknown>>;
type Say = (problem: string) => void;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function checkText(value: unknown, where: string, max: number, type: 'plain_text' | 'mrkdwn' | 'any', say: Say): void {
  if (!isFields(value)) return say(`${where} is no text object`);
  if (value['type'] !== 'plain_text' && value['type'] !== 'mrkdwn') say(`${where}.type is ${JSON.stringify(value['type'])}`);
  else if (type !== 'any' && value['type'] !== type) say(`${where} must be ${type}`);
  const text = value['text'];
  if (typeof text !== 'string' || text.length === 0) return say(`${where}.text is empty`);
  if (text.length > max) say(`${where}.text has ${text.length} characters; Slack takes ${max}`);
  if (!text.isWellFormed()) say(`${where}.text holds half a character`);
}

function checkId(value: unknown, where: string, say: Say): void {
  if (value === undefined) return;
  if (typeof value !== 'string' || value.length === 0 || value.length > limits.id) say(`${where} must be 1 to ${limits.id} characters`);
}

function checkConfirm(value: unknown, where: string, say: Say): void {
  if (!isFields(value)) return say(`${where} is no confirm dialog`);
  checkText(value['title'], `${where}.title`, limits.confirmTitle, 'plain_text', say);
  checkText(value['text'], `${where}.text`, limits.confirmText, 'any', say);
  checkText(value['confirm'], `${where}.confirm`, limits.confirmButton, 'plain_text', say);
  checkText(value['deny'], `${where}.deny`, limits.confirmButton, 'plain_text', say);
}

const styles = new Set<unknown>([undefined, 'primary', 'danger']);

function checkButton(value: unknown, where: string, say: Say): void {
  if (!isFields(value) || value['type'] !== 'button') return say(`${where} is no button`);
  checkText(value['text'], `${where}.text`, limits.buttonText, 'plain_text', say);
  checkId(value['action_id'], `${where}.action_id`, say);
  if (!styles.has(value['style'])) say(`${where}.style is ${JSON.stringify(value['style'])}`);
  const carried = value['value'];
  if (carried !== undefined && (typeof carried !== 'string' || carried.length > limits.buttonValue))
    say(`${where}.value has more than ${limits.buttonValue} characters`);
  const url = value['url'];
  if (url !== undefined && (typeof url !== 'string' || url.length > limits.url)) say(`${where}.url has more than ${limits.url} characters`);
  if (value['confirm'] !== undefined) checkConfirm(value['confirm'], `${where}.confirm`, say);
}

function checkActions(block: Fields, where: string, say: Say): void {
  const elements = listOf(block['elements']);
  if (elements.length === 0 || elements.length > limits.actions)
    say(`${where} has ${elements.length} elements; Slack takes 1 to ${limits.actions}`);
  elements.forEach((element, n) => checkButton(element, `${where}.elements[${n}]`, say));
  const ids = elements.flatMap((e) => (isFields(e) ? [e['action_id']] : []));
  if (new Set(ids).size < ids.length) say(`${where} has an action_id twice`);
}

function checkSection(block: Fields, where: string, say: Say): void {
  const inside = listOf(block['fields']);
  if (block['text'] === undefined && inside.length === 0) say(`${where} has neither text nor fields`);
  if (block['text'] !== undefined) checkText(block['text'], `${where}.text`, limits.sectionText, 'any', say);
  if (inside.length > limits.fields) say(`${where} has ${inside.length} fields; Slack takes ${limits.fields}`);
  inside.forEach((field, n) => checkText(field, `${where}.fields[${n}]`, limits.field, 'any', say));
}

function checkContext(block: Fields, where: string, say: Say): void {
  const elements = listOf(block['elements']);
  if (elements.length === 0 || elements.length > limits.contextElements)
    say(`${where} has ${elements.length} elements; Slack takes 1 to ${limits.contextElements}`);
  elements.forEach((element, n) => checkText(element, `${where}.elements[${n}]`, limits.contextText, 'any', say));
}

const kinds: Readonly<Record<string, (block: Fields, where: string, say: Say) => void>> = {
  header: (block, where, say) => checkText(block['text'], `${where}.text`, limits.header, 'plain_text', say),
  section: checkSection,
  context: checkContext,
  actions: checkActions,
  divider: () => undefined,
};

/** What Slack would refuse in these blocks; empty when it would take them. */
export function checkBlocks(blocks: readonly unknown[]): readonly string[] {
  const problems: string[] = [];
  const say: Say = (problem) => void problems.push(problem);
  if (blocks.length > limits.blocks) say(`${blocks.length} blocks; Slack takes ${limits.blocks}`);
  const ids = new Set<unknown>();
  blocks.forEach((block, n) => {
    if (!isFields(block)) return say(`blocks[${n}] is no block`);
    const check = kinds[String(block['type'])];
    if (!check) return say(`blocks[${n}].type is ${JSON.stringify(block['type'])}`);
    checkId(block['block_id'], `blocks[${n}].block_id`, say);
    if (block['block_id'] !== undefined && ids.has(block['block_id'])) say(`blocks[${n}].block_id is there twice`);
    ids.add(block['block_id']);
    check(block, `blocks[${n}]`, say);
  });
  return problems;
}

/** What Slack would refuse in a whole message. */
export function checkMessage(message: { readonly text: string; readonly blocks: readonly unknown[] }): readonly string[] {
  const { text } = message;
  const own =
    text.length === 0
      ? ['text is empty; a notification shows it']
      : text.length > limits.text
        ? [`text has ${text.length} characters; Slack advises ${limits.text}`]
        : [];
  return [...own, ...checkBlocks(message.blocks)];
}
