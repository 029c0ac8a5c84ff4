// People at Slack: they press what is shown, press it twice, both at once, press what was shown long ago; and somebody sends clicks that
// nobody ever made on what is shown.
import { actionId } from '../../lib/messages/buttons.ts';
import { acts, type Act } from '../../lib/model/act.ts';
import type { Installed } from '../../lib/demo/installed.ts';
import type { SimulatedClock } from '../../lib/sandbox/clock.ts';
import type { SandboxSlack } from '../../lib/sandbox/slack.ts';
import type { SlackClick } from '../../lib/stages/stage.ts';
import type { Happening, Who } from './events.ts';
import { slackIds, workspace } from './shop.ts';

type Press = Extract<Happening, { is: 'press' }>;

interface Button {
  readonly act: Act;
  readonly value: { readonly incidentId: string; readonly about: string; readonly hash: string };
  readonly ts: string;
}
/** A click that arrived. */
export interface Pressed extends SlackClick {
  readonly who: Who;
  readonly forged: boolean;
}

const fields = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
const elementsOf = (block: unknown): readonly unknown[] => {
  const { elements } = fields(block);
  return Array.isArray(elements) ? elements : [];
};
const byAction = new Map(acts.map((act) => [actionId(act), act]));

const shown = (slack: SandboxSlack): readonly Button[] =>
  slack.messages.flatMap(({ ts, blocks }) =>
    blocks.flatMap(elementsOf).flatMap((e) => {
      const { action_id: id, value } = fields(e);
      const act = byAction.get(String(id));
      return act && typeof value === 'string' ? [{ act, value: JSON.parse(value) as Button['value'], ts }] : [];
    }),
  );

export class People {
  readonly clicks: Pressed[] = [];
  readonly #clock: SimulatedClock;
  readonly #slack: SandboxSlack;
  readonly #installed: Installed;
  readonly #remembered = new Map<string, Button>();

  constructor(clock: SimulatedClock, slack: SandboxSlack, installed: Installed) {
    this.#clock = clock;
    this.#slack = slack;
    this.#installed = installed;
  }

  /** Looks at the channel, and presses what fits. */
  press(press: Press): void {
    const now = shown(this.#slack);
    const list = press.old ? [...this.#remembered.values()] : now;
    for (const b of now) this.#remembered.set(`${b.act} ${b.value.about}`, b);
    const fitting = list.filter((b) => press.act === 'any' || b.act === press.act);
    const button = fitting[Math.floor(press.pick * fitting.length)];
    if (!button) return;
    this.#send(press, press.who, button);
    const { twiceMs, with: other } = press;
    if (twiceMs !== undefined) this.#clock.after(twiceMs, () => this.#send(press, press.who, button));
    if (other) this.#clock.after(30, () => this.#send(press, other, against(button, now)));
  }

  #send({ forged }: Press, who: Who, { act, value, ts }: Button): void {
    const userId = slackIds[who];
    const click: SlackClick = {
      origin: 'slack',
      ...value,
      ...(forged === 'hash' ? { hash: 'f'.repeat(64) } : {}),
      act,
      userId,
      userName: userId.toLowerCase(),
      teamId: forged === 'team' ? 'T0ANOTHER' : workspace.teamId,
      channel: workspace.channel,
      messageTs: forged === 'message' ? '1.000001' : ts,
      at: this.#clock.now(),
    };
    this.clicks.push({ ...click, who, forged: forged !== undefined });
    this.#installed.invokeLater('answer', click);
  }
}

/** The other person presses the other button of the same question, where there is one. */
function against(button: Button, now: readonly Button[]): Button {
  const others = now.filter((b) => b.value.about === button.value.about && b.act !== button.act);
  return others[0] ?? button;
}
