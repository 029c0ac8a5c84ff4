// `gatemedic slack-manifest --url …`: prints the Slack app's manifest, to paste at api.slack.com/apps → From a manifest.
import { defineCommand } from 'citty';
import { slackManifest } from '../slack/manifest.ts';
import { CommandError } from '../command/command-error.ts';

export const slackManifestCommand = defineCommand({
  meta: { name: 'slack-manifest', description: "Prints the Slack app's manifest." },
  args: { url: { type: 'string', description: "the receiver's URL: the stack's output GatemedicSlackRequestUrl", required: true } },
  run({ args }) {
    if (!URL.canParse(args.url) || new URL(args.url).protocol !== 'https:')
      throw new CommandError(`--url is ${JSON.stringify(args.url)}; give the stack's output GatemedicSlackRequestUrl, an https address`);
    console.log(JSON.stringify(slackManifest({ url: args.url }), null, 2));
  },
});
