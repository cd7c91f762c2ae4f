import { isJsonObject, type JsonObject, type JsonValue } from '@tiphys/model';
import { parseYamlDocuments } from '@tiphys/yaml';
import { z } from 'zod';
import { describeProblem, optionalText, texts } from './shapes.ts';
import { parseLabelSelector, type LabelMatcher } from './selector.ts';

/** One line of a trigger: when it holds, the templates it sends, and what may be told only once. */
export interface Condition {
  /** `[index].hash` as it appears in sent-keys. */
  readonly key: string;
  /** Expression; empty never holds. */
  readonly when: string;
  readonly send: readonly string[];
  /** Expression whose value makes the message unique, or undefined: told again after it did not hold. */
  readonly oncePer: string | undefined;
}

export interface ServiceConfig {
  readonly name: string;
  readonly type: string;
  /** Options as written, `$key` references to the secret included. */
  readonly options: JsonObject;
}

export interface DefaultSubscription {
  readonly recipients: readonly string[];
  /** Empty: the default triggers. */
  readonly triggers: readonly string[];
  readonly matches: LabelMatcher;
}

/** What `argocd-notifications-cm` says. */
export interface NotificationConfig {
  readonly triggers: ReadonlyMap<string, readonly Condition[]>;
  readonly templates: ReadonlyMap<string, JsonObject>;
  readonly services: ReadonlyMap<string, ServiceConfig>;
  readonly context: Readonly<Record<string, string>>;
  readonly subscriptions: readonly DefaultSubscription[];
  readonly defaultTriggers: readonly string[];
  readonly serviceDefaultTriggers: ReadonlyMap<string, readonly string[]>;
  /** Entries that were left out, one line each; the others count. */
  readonly problems: readonly string[];
}

/** SHA-1 of the text as unpadded base64url; passed in, since the domain computes no hashes. */
export type Digest = (text: string) => string;

/**
 * Reads the data of `argocd-notifications-cm`. An entry that is wrong becomes a problem and leaves all others alone.
 * Keys: wire/config.tsv; the key of a condition is `[index].` and the digest of its `when`.
 */
export function parseNotificationConfig(
  data: Readonly<Record<string, string>>,
  digest: Digest,
): NotificationConfig {
  const draft = emptyDraft();
  const problems: string[] = [];
  for (const [key, text] of Object.entries(data)) {
    try {
      readEntry(draft, { key, value: yamlValue(text, key), digest });
    } catch (error) {
      problems.push(`${key}: ${describeProblem(error)}`);
    }
  }
  return { ...draft, problems };
}

const emptyDraft = () => ({
  triggers: new Map<string, readonly Condition[]>(),
  templates: new Map<string, JsonObject>(),
  services: new Map<string, ServiceConfig>(),
  context: {} as Readonly<Record<string, string>>,
  subscriptions: [] as readonly DefaultSubscription[],
  defaultTriggers: [] as readonly string[],
  serviceDefaultTriggers: new Map<string, readonly string[]>(),
});

interface Entry {
  readonly key: string;
  readonly value: JsonValue;
  readonly digest: Digest;
}

function readEntry(draft: ReturnType<typeof emptyDraft>, { key, value, digest }: Entry): void {
  const [kind = '', ...rest] = key.split('.');
  const name = rest.join('.');
  if (name === '') {
    if (kind === 'context') draft.context = contextShape.parse(value ?? {});
    if (kind === 'subscriptions') draft.subscriptions = subscriptionsShape.parse(value ?? []);
    if (kind === 'defaultTriggers') draft.defaultTriggers = texts.parse(value ?? []);
    return;
  }
  if (kind === 'trigger') draft.triggers.set(name, conditionsOf(triggerShape.parse(value ?? []), digest));
  if (kind === 'template') draft.templates.set(name, objectShape.parse(value ?? {}));
  if (kind === 'defaultTriggers') draft.serviceDefaultTriggers.set(name, texts.parse(value ?? []));
  if (kind === 'service') {
    const [type = '', serviceName = type] = rest;
    if (rest.length > 2) throw new Error('the key must be service.<type> or service.<type>.<name>');
    draft.services.set(serviceName, { name: serviceName, type, options: objectShape.parse(value ?? {}) });
  }
}

const conditionsOf = (raw: z.infer<typeof triggerShape>, digest: Digest): readonly Condition[] =>
  raw.map(({ when, send, oncePer }, index) => ({
    key: `[${index}].${digest(when)}`,
    when,
    send,
    oncePer: oncePer === '' ? undefined : oncePer,
  }));

const objectShape = z.custom<JsonObject>(isJsonObject, 'must be a map');
const contextShape = z.record(z.string(), optionalText);
const triggerShape = z.array(z.object({ when: optionalText, send: texts, oncePer: optionalText }));
const subscriptionsShape = z.array(
  z
    .object({ recipients: texts, triggers: texts, selector: optionalText })
    .transform(({ recipients, triggers, selector }, context): DefaultSubscription => {
      const matches = parseLabelSelector(selector);
      if (matches !== undefined) return { recipients, triggers, matches };
      context.addIssue({ code: 'custom', message: `'${selector}' is no label selector` });
      return z.NEVER;
    }),
);

const yamlValue = (text: string, key: string): JsonValue =>
  parseYamlDocuments(text, { file: key })[0] ?? null;
