// Draws a Slack message (Block Kit) as Slack does, in the browser and without a library. Text only ever becomes text nodes: nothing in a
// message can become an element, a script or an address that this file did not build.

const el = (tag, className, ...children) => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
};

const unescape = (text) => text.replace(/&(lt|gt|amp);/g, (_, name) => ({ lt: '<', gt: '>', amp: '&' })[name]);

const two = (n) => String(n).padStart(2, '0');
const clockTokens = (at) => ({
  '{time_secs}': `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`,
  '{time}': `${two(at.getHours())}:${two(at.getMinutes())}`,
  '{date_short_pretty}': at.toLocaleDateString(undefined, { month: 'short', day: 'numeric' }),
  '{date_num}': `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`,
});

/** `<!date^seconds^format|fallback>`, in the reader's own time. */
const dateNode = (body) => {
  const [head, fallback = ''] = body.split('|');
  const [, seconds, format = ''] = head.split('^');
  const at = new Date(Number(seconds) * 1000);
  if (Number.isNaN(at.getTime())) return document.createTextNode(unescape(fallback));
  const tokens = clockTokens(at);
  const node = el(
    'time',
    'slack-date',
    format.replace(/\{[a-z_]+\}/g, (token) => tokens[token] ?? token),
  );
  node.title = at.toUTCString();
  return node;
};

/** What stands between < and >: a date, a mention, a link. */
const angle = (body) => {
  if (body.startsWith('!date^')) return dateNode(body);
  if (body.startsWith('!')) return el('span', 'slack-mention', `@${unescape(body.slice(1).split('|').pop())}`);
  if (body.startsWith('@')) return el('span', 'slack-mention', `@${unescape(body.slice(1).split('|').pop())}`);
  if (body.startsWith('#')) return el('span', 'slack-mention', `#${unescape(body.slice(1).split('|').pop())}`);
  const [address, label] = body.split('|');
  if (!/^https?:\/\//.test(address)) return document.createTextNode(unescape(`<${body}>`));
  const link = el('a', '', unescape(label ?? address));
  link.href = unescape(address);
  link.target = '_blank';
  link.rel = 'noopener noreferrer';
  return link;
};

const marks = { '*': 'strong', _: 'em', '~': 's' };
const inline = /`([^`\n]+)`|<([^<>\n]+)>|(?<![\p{L}\p{N}])([*_~])(?=\S)([^\n]*?\S)\3(?![\p{L}\p{N}])/gu;

/** One line of mrkdwn as nodes. */
const inlineNodes = (text, depth = 0) => {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(inline)) {
    if (match.index > from) nodes.push(document.createTextNode(unescape(text.slice(from, match.index))));
    if (match[1] !== undefined) nodes.push(el('code', '', unescape(match[1])));
    else if (match[2] !== undefined) nodes.push(angle(match[2]));
    else nodes.push(el(marks[match[3]], '', ...(depth > 3 ? [unescape(match[4])] : inlineNodes(match[4], depth + 1))));
    from = match.index + match[0].length;
  }
  if (from < text.length) nodes.push(document.createTextNode(unescape(text.slice(from))));
  return nodes;
};

const lineNode = (line) =>
  line.startsWith('&gt; ') || line.startsWith('> ')
    ? el('blockquote', '', ...inlineNodes(line.replace(/^(&gt;|>) /, '')))
    : el('div', 'slack-line', ...inlineNodes(line));

/** A text object: mrkdwn is formatted, plain text stays as it is. */
const textNodes = (object) => {
  if (object.type !== 'mrkdwn') return [document.createTextNode(object.text)];
  return object.text.split(/```\n?([\s\S]*?)```/g).flatMap((part, n) => {
    if (n % 2 === 1) return [el('pre', '', unescape(part.replace(/\n$/, '')))];
    return part === ''
      ? []
      : part
          .replace(/^\n|\n$/g, '')
          .split('\n')
          .map(lineNode);
  });
};

/** Slack's confirm dialog; `go` runs when the person says yes. */
const ask = (confirm, go) => {
  const yes = el('button', `slack-button ${confirm.style === 'danger' ? 'danger' : 'primary'}`, confirm.confirm.text);
  const no = el('button', 'slack-button', confirm.deny.text);
  const dialog = el(
    'dialog',
    'slack-confirm',
    el('h3', '', confirm.title.text),
    el('p', '', ...textNodes(confirm.text)),
    el('footer', '', no, yes),
  );
  const close = () => {
    dialog.close();
    dialog.remove();
  };
  no.type = yes.type = 'button';
  no.onclick = close;
  yes.onclick = () => {
    close();
    go();
  };
  dialog.oncancel = close;
  document.body.append(dialog);
  dialog.showModal();
};

const buttonNode = (button, onClick) => {
  const node = el('button', `slack-button ${button.style ?? ''}`.trim(), button.text.text);
  node.type = 'button';
  node.dataset.action = button.action_id;
  node.onclick = () => (button.confirm ? ask(button.confirm, () => onClick(button)) : onClick(button));
  return node;
};

const draw = {
  header: (block) => [el('h3', 'slack-header', block.text.text)],
  section: (block) => [
    ...(block.text ? [el('div', 'slack-section', ...textNodes(block.text))] : []),
    ...(block.fields ? [el('div', 'slack-fields', ...block.fields.map((f) => el('div', '', ...textNodes(f))))] : []),
  ],
  context: (block) => [el('div', 'slack-context', ...block.elements.map((e) => el('div', '', ...textNodes(e))))],
  actions: (block, onClick) => [el('div', 'slack-actions', ...block.elements.map((b) => buttonNode(b, onClick)))],
  divider: () => [el('hr', 'slack-divider')],
};

/**
 * A message as an element. `onClick(button)` gets the pressed button's block element (`action_id`, `value`), after its confirm dialog.
 * @param {{ text: string, blocks: readonly object[] }} message
 * @param {(button: { action_id: string, value: string }) => void} onClick
 * @returns {HTMLElement}
 */
export function renderMessage(message, onClick) {
  const drawn = message.blocks.flatMap((block) =>
    Object.hasOwn(draw, block.type) ? draw[block.type](block, onClick) : [el('div', 'slack-context', `(a ${block.type} block)`)],
  );
  const name = el('div', 'slack-author', el('strong', '', 'Gatemedic'), el('span', 'slack-app', 'APP'));
  const body = el('div', 'slack-body', name, ...(drawn.length > 0 ? drawn : [el('div', 'slack-section', message.text)]));
  return el('div', 'slack-message', el('span', 'slack-avatar', '✚'), body);
}
