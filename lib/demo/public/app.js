// The page: draws what the server sends twice a second and sends back nothing but what was clicked.
import { renderMessage } from '/blocks.js';

const $ = (id) => document.getElementById(id);
const el = (tag, attributes = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), attributes);
  node.append(...children);
  return node;
};
const send = (path, body) => fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const span = (ms) => {
  const s = Math.max(0, Math.round(ms / 1000));
  return `${Math.floor(s / 3600)}:${String(Math.floor(s / 60) % 60).padStart(2, '0')}:${String(s % 60).padStart(2, '0')}`;
};

/** Draws a part only when its data changed, so that nothing flickers and no half-done click is lost. */
const drawn = new Map();
const draw = (id, data, make) => {
  const key = JSON.stringify(data);
  if (drawn.get(id) === key) return;
  drawn.set(id, key);
  $(id).replaceChildren(...make(data));
};

const options = (id, values) => {
  const select = $(id);
  const kept = select.value;
  draw(id, values, (list) => list.map(({ value, label }) => el('option', { value, textContent: label })));
  if (kept && values.some((v) => v.value === kept)) select.value = kept;
};

const bars = (history) => {
  const most = Math.max(1, ...history.map((h) => h.ok + h.bad));
  const chart = el('div', { className: 'bars', role: 'img', ariaLabel: 'requests over time; red failed' });
  for (const { ok, bad } of history) {
    const bar = el('i');
    const good = el('b', { className: 'ok' });
    const red = el('b', { className: 'bad' });
    good.style.height = `${(30 * ok) / most}px`;
    red.style.height = `${(30 * bad) / most}px`;
    bar.append(red, good);
    chart.append(bar);
  }
  return chart;
};

const stageRow = (s) =>
  el(
    'article',
    { className: s.bad > 0 ? 'stage failing' : 'stage' },
    el('header', {}, el('strong', { textContent: s.name }), el('code', { textContent: `${s.apiType} ${s.key}` })),
    bars(s.history),
    el(
      'footer',
      {},
      el('span', { className: 'ok', textContent: `2xx ${s.ok.toFixed(1)}/s` }),
      el('span', { className: 'bad', textContent: `5xx ${s.bad.toFixed(1)}/s` }),
    ),
  );

const stepRow = (s) =>
  el(
    'li',
    { className: s.kind },
    el('time', { textContent: span(s.atMs) }),
    el('strong', { textContent: s.title }),
    el('span', { textContent: s.says }),
  );

const breakButton = (b) =>
  el('button', {
    type: 'button',
    id: `break-${b.id}`,
    className: b.kind,
    textContent: b.title,
    title: b.says,
    onclick: () => send('/break', { breakage: b.id, stage: $('target').value }),
  });

/** A family of breakages; which ones are open is the reader's choice. */
const family = ([name, list]) =>
  el(
    'details',
    {
      className: 'family',
      open: drawn.get(`family-${name}`) ?? name === 'Lambda',
      ontoggle: (e) => drawn.set(`family-${name}`, e.target.open),
    },
    el('summary', { textContent: name }),
    el('div', { className: 'breakages' }, ...list.map(breakButton)),
  );
const familyOrder = ['Lambda', 'Authorizers', 'Backends and networks', 'AWS services', 'The gateway'];
const families = (list) => [
  ...list.filter((b) => b.family === undefined).map(breakButton),
  ...familyOrder.map((name) => [name, list.filter((b) => b.family === name)]).map(family),
];

const thread = (m) =>
  m.thread.length === 0
    ? []
    : [
        el(
          'details',
          { className: 'thread', open: drawn.get(`open-${m.ts}`) === true, ontoggle: (e) => drawn.set(`open-${m.ts}`, e.target.open) },
          el('summary', { textContent: `${m.thread.length} ${m.thread.length === 1 ? 'reply' : 'replies'}` }),
          ...m.thread.map((t) => renderMessage(t, () => {})),
        ),
      ];

const message = (m) =>
  el(
    'article',
    { className: 'message', id: `message-${m.ts}` },
    renderMessage(m, (action) =>
      send('/click', { messageTs: m.ts, value: action.value, actionId: action.action_id, user: $('person').value }),
    ),
    ...thread(m),
  );

const whisper = (w) =>
  el(
    'article',
    { className: 'message whisper' },
    el('small', { textContent: 'Only visible to you' }),
    renderMessage(w, () => {}),
  );

const show = (s) => {
  $('clock').textContent = span(s.atMs);
  if (document.activeElement !== $('speed')) $('speed').value = String(s.speed);
  $('account').textContent = `${s.accountId} · ${s.region} · mode ${s.mode}`;
  draw('stages', s.stages, (list) => list.map(stageRow));
  options(
    'target',
    s.stages.map((one) => ({ value: one.key, label: one.name })),
  );
  options(
    'person',
    s.people.map((p) => ({ value: p.id, label: p.label })),
  );
  for (const [brake, on] of Object.entries(s.brakes)) $(`brake-${brake}`).checked = on;
  draw('breakages', s.breakages, families);
  draw('functions', s.functions, (list) =>
    list.map((f) => el('tr', {}, ...[f.name, f.code, f.mayInvoke, f.warm].map((textContent) => el('td', { textContent })))),
  );
  draw('machine', s.machine, (list) =>
    list.map((state) => el('li', { className: state.now ? 'now' : state.seen ? 'seen' : '', textContent: state.name })),
  );
  draw('steps', s.steps, (list) => list.toReversed().map(stepRow));
  draw('topic', s.topic, (list) => list.toReversed().map(stepRow));
  const mine = s.whispers.filter((w) => w.userId === $('person').value);
  draw('channel', [s.messages, mine], ([list, own]) =>
    list.length === 0
      ? [el('p', { className: 'empty', textContent: 'Nothing has happened yet.' })]
      : [...list.map(message), ...own.map(whisper)],
  );
};

for (const brake of ['kill-switch', 'calendar']) $(`brake-${brake}`).onchange = (e) => send('/brake', { brake, on: e.target.checked });
for (const minutes of [30, 120]) $(`skip-${minutes}`).onclick = () => send('/skip', { minutes });
$('speed').onchange = (e) => send('/speed', { speed: Number(e.target.value) });
new EventSource('/events').onmessage = (e) => show(JSON.parse(e.data));
