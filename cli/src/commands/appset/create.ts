import { jsonEqual } from '@tiphys/merge';
import { stringAt, valueAt, type JsonObject } from '@tiphys/model';
import type { Api } from '../../api/api.ts';
import { isApiError } from '../../api/api-error.ts';
import type { AppRef } from '../../api/applications.ts';
import type { AppSet } from '../../api/schemas/application-set.ts';
import { formatAppSet } from '../../output/appset-summary.ts';
import { checkFormat } from '../../output/format.ts';
import { defineCommand } from '../../program/definition.ts';
import { printOne } from '../declared-output.ts';
import { appsetNamespace, output } from './flags.ts';
import { appsetsIn } from './input.ts';
import { waitUntilUpToDate } from './up-to-date.ts';

export const command = defineCommand({
  usage: 'FILE|URL...',
  args: { min: 1, max: Infinity },
  description: 'Creates the application sets of files. Creating the same again changes nothing.',
  flags: {
    output,
    upsert: { kind: 'switch', describe: 'Overwrite application sets that are there and differ' },
    'dry-run': { kind: 'switch', describe: 'Create nothing; the answer names what would be generated' },
    wait: { kind: 'switch', describe: 'Wait until its applications are up to date' },
    'appset-namespace': {
      ...appsetNamespace,
      describe: 'Namespace of application sets whose files name none',
    },
  },
  examples: [
    { what: 'Create one', line: 'tiphys appset create shops.yaml' },
    { what: 'What it would generate', line: 'tiphys appset create --dry-run shops.yaml -o json' },
  ],
  async run(invocation, { args, flags }) {
    checkFormat(flags.output, ['wide', 'json', 'yaml']);
    const wanted = await appsetsIn(invocation, args, flags['appset-namespace']);
    const api = await invocation.connect();
    const { out, err } = invocation;
    for (const appset of wanted) {
      const options = { upsert: flags.upsert, dryRun: flags['dry-run'] };
      const { after, outcome } = await createOne(api, appset, options);
      const { name, namespace } = after.metadata;
      err.line(`ApplicationSet '${name}' ${outcome}${flags['dry-run'] ? ' (dry-run)' : ''}`);
      printOne(out, flags.output, after, formatAppSet);
      if (flags.wait && !flags['dry-run']) {
        await waitUntilUpToDate(api, { name, ...(namespace ? { namespace } : {}) }, err);
        err.line(`ApplicationSet '${name}' resources are up to date`);
      }
    }
    return 0;
  },
});

async function createOne(
  api: Api,
  appset: JsonObject,
  options: { readonly upsert: boolean; readonly dryRun: boolean },
): Promise<{ readonly after: AppSet; readonly outcome: 'created' | 'updated' | 'unchanged' }> {
  const before = await existing(api, refOf(appset));
  const after = await api.applicationSets.create(appset, options);
  if (before === undefined) return { after, outcome: 'created' };
  return { after, outcome: isSame(before, after) ? 'unchanged' : 'updated' };
}

function refOf(appset: JsonObject): AppRef {
  const name = stringAt(appset, 'metadata', 'name') ?? '';
  const namespace = stringAt(appset, 'metadata', 'namespace') ?? '';
  return namespace === '' ? { name } : { name, namespace };
}

async function existing({ applicationSets }: Api, ref: AppRef): Promise<AppSet | undefined> {
  if (ref.name === '') return undefined;
  try {
    return await applicationSets.get(ref);
  } catch (error) {
    if (isApiError(error, 'not-found')) return undefined;
    throw error;
  }
}

const intent = [['spec'], ['metadata', 'labels'], ['metadata', 'annotations']] as const;

const isSame = (before: AppSet, after: AppSet): boolean =>
  intent.every((path) => jsonEqual(valueAt(asJson(before), ...path), valueAt(asJson(after), ...path)));

const asJson = (appset: AppSet): JsonObject => appset as unknown as JsonObject;
