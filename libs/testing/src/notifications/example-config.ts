import type { HttpReceiver, MailReceiver } from '../receivers/index.ts';

/** Values that must appear nowhere but at the service they are for. */
export const secrets = {
  'slack-token': 'xoxb-canary-4711',
  'mail-password': 'canary-mail-pw',
  note: 'canary-note',
};

const triggers: Readonly<Record<string, string>> = {
  'on-deployed': `
    - when: app.status.operationState != nil and app.status.operationState.phase in ['Succeeded'] and app.status.health.status == 'Healthy'
      oncePer: app.status.sync?.revision
      send: [deployed]`,
  'on-sync-failed': `
    - when: app.status.operationState != nil and app.status.operationState.phase in ['Error', 'Failed']
      send: [failed]`,
  'on-health-degraded': `
    - when: app.status.health.status == 'Degraded'
      send: [degraded]`,
  'on-sync-status-unknown': `
    - when: app.status.sync.status == 'Unknown'
      send: [unknown]`,
};

const template = (text: string): string =>
  JSON.stringify({
    message: `{{.app.metadata.name}} ${text} by {{.serviceType}} to {{.recipient}}`,
    email: {
      subject: `{{.app.metadata.name}} ${text}`,
      body: `See {{.context.argocdUrl}}/applications/{{.app.metadata.name}}`,
    },
    slack: {
      attachments: `[{"title": {{.app.metadata.name | quote}}, "revision": {{.app.status.sync.revision | quote}}}]`,
    },
    webhook: {
      hook: {
        method: 'POST',
        path: '/{{.app.metadata.name}}',
        body: `{"app":"{{.app.metadata.name}}","what":"${text}"}`,
      },
    },
  });

export interface Receivers {
  readonly hook: HttpReceiver;
  readonly slack: HttpReceiver;
  readonly mail: MailReceiver;
}

/** Four triggers that send to a webhook, a Slack and a mail server. */
export function exampleConfig({ hook, slack, mail }: Receivers): Record<string, string> {
  return {
    ...Object.fromEntries(Object.entries(triggers).map(([name, text]) => [`trigger.${name}`, text])),
    'template.deployed': template('is deployed'),
    'template.failed': template('failed to sync'),
    'template.degraded': template('is degraded'),
    'template.unknown': template('is in an unknown state'),
    'service.webhook.hook': `url: ${hook.url}`,
    'service.slack': `token: $slack-token\napiURL: ${slack.url}`,
    'service.email': `host: ${mail.host}\nport: ${mail.port}\nfrom: cd@example.com\nusername: cd\npassword: $mail-password`,
  };
}
