import { z } from 'zod';
import { parseYamlDocuments } from '@tiphys/yaml';
import type { NotificationConfig } from './config.ts';
import type { Destination, Destinations } from './destination.ts';
import { describeProblem, text, texts } from './shapes.ts';

const PREFIX = 'notifications.argoproj.io/subscribe.';
const LIST = 'notifications.argoproj.io/subscriptions';

export interface Subscribed {
  readonly destinations: Destinations;
  /** What could not be read, one line each. */
  readonly problems: readonly string[];
}

type Defaults = Pick<NotificationConfig, 'defaultTriggers' | 'serviceDefaultTriggers'>;

/**
 * What the annotations of an Application or AppProject subscribe to (wire/labels.tsv):
 * `notifications.argoproj.io/subscribe.<trigger>.<service>: recipient;recipient`, without the trigger for the
 * default ones, and the same as a YAML list under `notifications.argoproj.io/subscriptions`.
 */
export function subscribedByAnnotations(
  annotations: Readonly<Record<string, string>>,
  defaults: Defaults,
): Subscribed {
  const collected = new Map<string, Destination[]>();
  const problems: string[] = [];
  const add = (trigger: string, service: string, recipients: readonly string[]): void => {
    for (const name of triggersOf(trigger, service, defaults)) {
      const known = collected.get(name) ?? [];
      known.push(...recipients.map((recipient) => ({ service, recipient })));
      collected.set(name, known);
    }
  };
  for (const [key, value] of Object.entries(annotations)) {
    if (key.startsWith(PREFIX)) {
      const [first = '', second] = key.slice(PREFIX.length).split('.');
      if (second === undefined) add('', first, recipientsOf(value));
      else add(first, second, recipientsOf(value));
    } else if (key === LIST) {
      try {
        for (const { trigger, service, recipients } of listOf(value)) add(trigger, service, recipients);
      } catch (error) {
        problems.push(`annotation ${LIST} cannot be read: ${describeProblem(error)}`);
      }
    }
  }
  return { destinations: collected, problems };
}

/** What the config map's `subscriptions` add for objects with these labels; a recipient is `service:recipient`. */
export function subscribedByDefault(
  labels: Readonly<Record<string, string>>,
  config: Pick<NotificationConfig, 'subscriptions' | 'defaultTriggers'>,
): Destinations {
  const collected = new Map<string, Destination[]>();
  for (const { recipients, triggers, matches } of config.subscriptions) {
    if (!matches(labels)) continue;
    for (const trigger of triggers.length === 0 ? config.defaultTriggers : triggers) {
      const known = collected.get(trigger) ?? [];
      known.push(...recipients.map(destinationOf));
      collected.set(trigger, known);
    }
  }
  return collected;
}

function destinationOf(subscriber: string): Destination {
  const [service = '', recipient = ''] = subscriber.split(':');
  return { service, recipient };
}

function triggersOf(trigger: string, service: string, defaults: Defaults): readonly string[] {
  if (trigger !== '') return [trigger];
  return defaults.serviceDefaultTriggers.get(service) ?? defaults.defaultTriggers;
}

/** An empty value stands for the one empty recipient: services such as webhooks need none. */
function recipientsOf(value: string): readonly string[] {
  if (value === '') return [''];
  return value
    .split(';')
    .map((recipient) => recipient.trim())
    .filter((recipient) => recipient !== '');
}

const listShape = z.array(
  z.object({
    trigger: texts,
    destinations: z.array(z.object({ service: text, recipients: texts })).nullish(),
  }),
);

function listOf(
  annotation: string,
): readonly { readonly trigger: string; readonly service: string; readonly recipients: readonly string[] }[] {
  const [value] = parseYamlDocuments(annotation, { file: LIST });
  return listShape.parse(value ?? []).flatMap(({ trigger, destinations }) =>
    trigger.flatMap((name) =>
      (destinations ?? []).map(({ service, recipients }) => ({
        trigger: name,
        service,
        recipients,
      })),
    ),
  );
}
