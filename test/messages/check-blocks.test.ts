// The check of our own against what Slack refuses: lengths, counts and missing texts.
import { describe, expect, test } from 'vitest';
import { checkBlocks } from '../../lib/messages/check-blocks.ts';

/** The card as text, one line a line. */

describe('the check finds what Slack refuses', () => {
  const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
  const actions = (...elements: unknown[]) => ({ type: 'actions', elements });
  const button = (more: object = {}) => ({ type: 'button', action_id: 'a', text: { type: 'plain_text', text: 'A' }, value: 'v', ...more });
  test.each([
    ['51 blocks', Array.from({ length: 51 }, () => ({ type: 'divider' })), /51 blocks/],
    ['a long section', [section('x'.repeat(3001))], /3001 characters/],
    ['an empty section', [section('')], /empty/],
    ['a long header', [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }], /151/],
    ['mrkdwn in a header', [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }], /must be plain_text/],
    [
      '11 context elements',
      [{ type: 'context', elements: Array.from({ length: 11 }, () => ({ type: 'mrkdwn', text: 'x' })) }],
      /11 elements/,
    ],
    ['a long value', [actions(button({ value: 'x'.repeat(2001) }))], /value/],
    ['a long label', [actions(button({ text: { type: 'plain_text', text: 'x'.repeat(76) } }))], /76/],
    ['a confirm without words', [actions(button({ confirm: { title: { type: 'plain_text', text: 'x' } } }))], /confirm/],
    ['an unknown style', [actions(button({ style: 'green' }))], /style/],
    ['an action id twice', [actions(button(), button())], /twice/],
    ['an empty row of buttons', [actions()], /0 elements/],
    ['an unknown block', [{ type: 'marquee' }], /marquee/],
    ['half a character', [section('\ud800')], /half a character/],
    [
      'a block id twice',
      [
        { type: 'divider', block_id: 'x' },
        { type: 'divider', block_id: 'x' },
      ],
      /twice/,
    ],
    ['no block at all', [undefined, 'x'], /no block/],
  ])('%s', (_, blocks, problem) => {
    expect(checkBlocks(blocks).join('; ')).toMatch(problem);
  });
});
