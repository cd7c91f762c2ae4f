import { isJsonObject, valueAt, type ResourceIgnoreDifferences } from '@tiphys/model';
import {
  attempt,
  combined,
  kindKey,
  rulesOf,
  textual,
  type DiffSettingsReader,
} from './customizations-diff.ts';

/** What to do about kinds that the control plane may not list (`resource.respectRBAC`). */
export const RESPECT_RBAC = ['off', 'normal', 'strict'] as const;
export type RespectRbac = (typeof RESPECT_RBAC)[number];

/** What `argocd-cm` says about how clusters are watched. */
export interface LiveViewSettings {
  readonly respectRbac: RespectRbac;
  /** Rules for changes of live objects that nobody has to look at; empty where they are off. */
  readonly ignoredUpdates: readonly ResourceIgnoreDifferences[];
  /** False switches the rules off, those for `managedFields` and the like included. Default true. */
  readonly ignoresUpdates: boolean;
  /** Labels shown beside objects of the tree. */
  readonly customLabels: readonly string[];
  /** Labels of nodes that may be shown. */
  readonly nodeLabels: readonly string[];
  /** Whether the cluster of the control plane is a destination without a secret of its own. Default true. */
  readonly isInClusterEnabled: boolean;
}

export const defaultLiveViewSettings: LiveViewSettings = {
  respectRbac: 'off',
  ignoredUpdates: [],
  ignoresUpdates: true,
  customLabels: [],
  nodeLabels: [],
  isInClusterEnabled: true,
};

type Data = Readonly<Record<string, string>>;

const UPDATES_KEY = /^resource\.customizations\.ignoreResourceUpdates\.(.+)$/u;
const COMPARE_OPTIONS = 'resource.compareoptions';

/**
 * Reads the settings of the live view (wire/config.tsv). `ignoreDifferences` of the settings count as rules for
 * updates too unless `ignoreDifferencesOnResourceUpdates` of `resource.compareoptions` says otherwise.
 */
export function parseLiveView(
  data: Data,
  ignoreDifferences: readonly ResourceIgnoreDifferences[],
  reader: DiffSettingsReader,
): LiveViewSettings {
  const ignoresUpdates = data['resource.ignoreResourceUpdatesEnabled'] !== 'false';
  const alsoDifferences = ignoresUpdates && reusesDifferences(data, reader);
  return {
    respectRbac: respectRbacOf(data, reader),
    ignoresUpdates,
    ignoredUpdates: [
      ...(ignoresUpdates ? updateRulesOf(data, reader) : []),
      ...(alsoDifferences ? ignoreDifferences : []),
    ],
    customLabels: listOf(data['resource.customLabels']),
    nodeLabels: listOf(data['application.allowedNodeLabels']),
    isInClusterEnabled: data['cluster.inClusterEnabled'] !== 'false',
  };
}

function updateRulesOf(data: Data, reader: DiffSettingsReader): readonly ResourceIgnoreDifferences[] {
  const rules = new Map<string, ResourceIgnoreDifferences>();
  for (const [key, override] of combined(data, { ...reader, mistakes: [] })) {
    const found = valueAt(override, 'ignoreResourceUpdates');
    if (found !== undefined)
      attempt(`resource.customizations: ${key}`, reader, () =>
        rules.set(key, rulesOf(key, textual(found, reader))),
      );
  }
  for (const [name, text] of Object.entries(data)) {
    const end = UPDATES_KEY.exec(name)?.[1];
    if (end === undefined) continue;
    attempt(name, reader, () => {
      const key = kindKey(end);
      rules.set(key, rulesOf(key, reader.readYaml(text)));
    });
  }
  return [...rules.values()];
}

function reusesDifferences(data: Data, { readYaml }: DiffSettingsReader): boolean {
  const text = data[COMPARE_OPTIONS] ?? '';
  if (text.trim() === '') return true;
  try {
    const options = readYaml(text);
    return !isJsonObject(options) || options['ignoreDifferencesOnResourceUpdates'] !== false;
  } catch {
    // Named as a mistake by whoever reads the rest of these options.
    return true;
  }
}

function respectRbacOf(data: Data, { mistakes }: DiffSettingsReader): RespectRbac {
  const text = data['resource.respectRBAC'] ?? '';
  if (text === '') return 'off';
  const found = RESPECT_RBAC.find((name) => name === text && name !== 'off');
  if (found === undefined)
    mistakes.push(`resource.respectRBAC: '${text}' is none of normal, strict; using none`);
  return found ?? 'off';
}

const listOf = (text = ''): readonly string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
