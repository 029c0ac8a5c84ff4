// The Slack app as a manifest: paste it at api.slack.com/apps → Create New App → From a manifest. One app an installation, because an app
// has one interactivity address (platform.md §12).

export interface ManifestInput {
  /** The Function URL of `receive`, printed by the deployment. */
  readonly url: string;
  readonly name?: string;
}

/** Slack: a name has at most 35 characters. */
const nameMax = 35;

/** The app's manifest, as an object; Slack takes its JSON. Throws when the address is none that Slack could call. */
export function slackManifest({ url, name = 'Gatemedic' }: ManifestInput): Readonly<Record<string, unknown>> {
  if (!URL.canParse(url) || new URL(url).protocol !== 'https:')
    throw new Error(`--url is ${JSON.stringify(url)}; write the https address of the receive function, as the deployment printed it`);
  if (name.length === 0 || name.length > nameMax) throw new Error(`--name has ${name.length} characters; slack takes 1 to ${nameMax}`);
  return {
    display_information: { name, description: 'Mends 5xx bursts of AWS API Gateway, or asks first', background_color: '#1c2430' },
    features: { bot_user: { display_name: name, always_online: true } },
    oauth_config: { scopes: { bot: ['chat:write'] } },
    settings: {
      interactivity: { is_enabled: true, request_url: url },
      org_deploy_enabled: false,
      socket_mode_enabled: false,
      token_rotation_enabled: false,
    },
  };
}
