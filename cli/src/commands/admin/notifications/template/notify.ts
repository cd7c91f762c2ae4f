import type { JsonObject } from '@tiphys/model';
import { addTemplate, templateTexts, withSecrets } from '@tiphys/notify-rules';
import { formatDocument } from '../../../../output/document.ts';
import { defineCommand } from '../../../../program/definition.ts';
import { exitCodes, Failure } from '../../../../program/failure.ts';
import { notificationFlags } from '../flags.ts';
import { readNotifications, type NotificationSettings } from '../settings.ts';
import { readApplication, withGo } from '../subject.ts';

const CONSOLE = 'console';

export const command = defineCommand({
  usage: 'NAME RESOURCE_NAME',
  args: { min: 2, max: 2 },
  description: 'Renders a template for an application, of a file or of the cluster, and sends it.',
  flags: {
    ...notificationFlags,
    recipient: {
      kind: 'list',
      default: ['console:stdout'],
      placeholder: 'service:recipient',
      describe: 'Where to: console:stdout prints, others are sent to really',
    },
  },
  examples: [
    { what: 'Look at it', line: 'tiphys admin notifications template notify app-sync-failed shop -n argocd' },
    {
      what: 'Send it',
      line: 'tiphys admin notifications template notify app-sync-failed shop --recipient slack:alerts -n argocd',
    },
  ],
  async run(invocation, { args: [name = '', resource = ''], flags }) {
    const settings = await readNotifications(invocation, flags);
    const app = await readApplication(invocation, flags, resource);
    for (const recipient of flags.recipient) {
      const at = recipient.indexOf(':');
      const service = at < 0 ? recipient : recipient.slice(0, at);
      const to = at < 0 ? '' : recipient.slice(at + 1);
      const content = await contentOf(settings, { name, app, service, recipient: to });
      if (service === CONSOLE) invocation.out.write(formatDocument(content, 'yaml'));
      else await send(settings, { service, recipient: to, content });
    }
    return 0;
  },
});

interface Message {
  readonly name: string;
  readonly app: JsonObject;
  readonly service: string;
  readonly recipient: string;
}

const failed = (message: string): Failure => new Failure(message, { exitCode: exitCodes.general });

async function contentOf(
  { config, context, secrets }: NotificationSettings,
  { name, app, service, recipient }: Message,
): Promise<JsonObject> {
  const template = config.templates.get(name);
  if (template === undefined) throw failed(`The template ${name} is not configured.`);
  const texts = templateTexts(template);
  const variables = {
    app,
    context: { notificationType: service, ...context },
    secrets: Object.fromEntries(secrets),
    serviceType: service,
    recipient,
  };
  const results = await withGo((go) =>
    go.renderAll(
      texts.map(({ text }) => text),
      variables,
      'notifications',
    ),
  );
  const rendered = results.map((result, index) => {
    if (result.ok) return result.value;
    throw failed(`The template ${name}, ${texts[index]?.path.join('.') ?? ''}: ${result.message}`);
  });
  return addTemplate({}, template, rendered);
}

async function send(
  { config, secrets }: NotificationSettings,
  message: { readonly service: string; readonly recipient: string; readonly content: JsonObject },
): Promise<void> {
  const service = config.services.get(message.service);
  if (service === undefined) throw failed(`The service ${message.service} is not configured.`);
  const { createNotifier } = await import('@tiphys/adapter-notify');
  const { randomUUID } = await import('node:crypto');
  const { name, type, options } = service;
  const notifier = createNotifier({
    type,
    name,
    options: withSecrets(options, secrets),
    secrets: [...secrets.values()],
  });
  await notifier.send({ id: randomUUID(), ...message });
}
