import type { Api } from '../../api/api.ts';
import type { App, AppResource } from '../../api/schemas/application.ts';
import { formatDocument } from '../../output/document.ts';
import { checkFormat } from '../../output/format.ts';
import { keyOf } from '../../output/resource-states.ts';
import { defineCommand, type FlagSet, type FlagValues } from '../../program/definition.ts';
import { Failure } from '../../program/failure.ts';
import type { Invocation } from '../../program/invocation.ts';
import { nothing } from '../../waiting/conditions.ts';
import type { NamedRef } from './app-ref.ts';
import { differences } from './differences.ts';
import { appNamespace, outputOfState, selector, stateFormats, timeout } from './flags.ts';
import type { LocalFiles } from './local/archive.ts';
import { localFilesOf, localFlags, maxBatch, tuning } from './local/flags.ts';
import { localManifests } from './local/manifests.ts';
import { withSecretValues } from './local/secrets.ts';
import { checkOutcome } from './outcome.ts';
import { chooseResources, parseResourceFilter } from './resource-filter.ts';
import { selectApps } from './select.ts';
import { labelled, requestFlags, syncBody } from './sync-request.ts';
import { waitAndPrint } from './wait-and-print.ts';

const flags = {
  ...requestFlags,
  async: { kind: 'switch', describe: "Don't wait for the end" },
  'preview-changes': { kind: 'switch', describe: 'Show the differences and ask before the sync' },
  assumeYes: { kind: 'switch', describe: 'Answer questions with yes' },
  selector,
  project: { kind: 'list', describe: 'Applications of this project', placeholder: 'project' },
  timeout,
  output: outputOfState,
  ...localFlags('/'),
  'server-side-diff-max-batch-kb': { ...maxBatch, hidden: true },
  ...tuning,
  'app-namespace': appNamespace,
} as const satisfies FlagSet;

type SyncFlags = FlagValues<typeof flags>;

export const command = defineCommand({
  usage: '[APPNAME...]',
  args: { min: 0, max: Infinity },
  description:
    'Brings applications to their desired state, one after the other, and follows each until its operation has ended. Ends with 1 where an operation fails or leaves objects that need pruning.',
  flags,
  examples: [
    { what: 'Sync, and delete what is no longer desired', line: 'tiphys app sync shop --prune' },
    { what: 'See what would be done', line: 'tiphys app sync shop --dry-run' },
    {
      what: 'Sync to a tag, five minutes at most',
      line: 'tiphys app sync shop --revision v1.2.0 --timeout 300',
    },
    { what: 'What a directory holds, without a commit', line: 'tiphys app sync shop --local ./deploy' },
    { what: 'Only one Deployment', line: 'tiphys app sync shop --resource apps:Deployment:web' },
    { what: 'All applications of a team, without waiting', line: 'tiphys app sync -l team=web --async' },
  ],
  async run(invocation, { args, flags: values, given }) {
    checkFormat(values.output, stateFormats);
    values.resource.forEach(parseResourceFilter);
    const api = await invocation.connect();
    const apps = await selectApps(api, {
      names: args,
      selector: values.selector,
      projects: values.project,
      namespace: values['app-namespace'],
    });
    const local = localFilesOf(values, given);
    if (local !== undefined && apps.length > 1)
      throw new Failure('--local is for one application; this names several.');
    for (const named of apps) await syncOne(invocation, { api, named, values, local });
    return 0;
  },
});

interface One {
  readonly api: Api;
  readonly named: NamedRef;
  readonly values: SyncFlags;
  readonly local: LocalFiles | undefined;
}

async function syncOne(invocation: Invocation, one: One): Promise<void> {
  const { api, named, values } = one;
  const app = await api.applications.get(named.ref);
  const resources = await chosenResources(one, app);
  const manifests = await manifestsToSync(one, app);
  const body = { ...syncBody(values, app, resources), ...(manifests === undefined ? {} : { manifests }) };
  if (values['preview-changes'] && !(await isWanted(invocation, one, app))) return;
  const started = await api.applications.sync(named.ref, body);
  if (values.async) {
    if (values.output === 'json' || values.output === 'yaml')
      invocation.out.write(formatDocument(started, values.output));
    return;
  }
  const ended = await waitAndPrint(invocation, {
    api,
    named,
    conditions: { ...nothing, operation: true },
    chosen: resources && new Set(resources.map(keyOf)),
    timeout: values.timeout,
    format: checkFormat(values.output, stateFormats),
    urlName: named.shown,
    refreshAtEnd: !values['dry-run'],
  });
  checkOutcome(ended, { wholeApp: resources === undefined && !values['dry-run'] });
}

async function chosenResources(
  { api, named, values }: One,
  app: App,
): Promise<readonly AppResource[] | undefined> {
  if (values.label.length > 0 && values.resource.length > 0)
    throw new Failure('Give either --label or --resource.');
  if (values.resource.length > 0) return chooseResources(app, values.resource);
  if (values.label.length === 0) return undefined;
  const revision = values.revision === undefined ? {} : { revision: values.revision };
  return labelled(await api.applications.manifests(named.ref, revision), values.label);
}

/** The manifests of local files, with the values of Secrets; undefined for those of the repository. */
async function manifestsToSync({ api, named, local }: One, app: App): Promise<readonly string[] | undefined> {
  if (local === undefined) return undefined;
  const manifests = await localManifests(api, { app, ref: named.ref, files: local });
  if (manifests.length === 0) throw new Failure(`No manifests come of ${local.directory}.`);
  return await withSecretValues(manifests, local.directory);
}

/** Shows the differences; true where there are some and the user wants them gone. */
async function isWanted(
  { out, prompter }: Invocation,
  { api, named, values, local }: One,
  app: App,
): Promise<boolean> {
  const { name } = app.metadata;
  out.line(`====== Previewing differences between live and desired state of application ${name} ======`);
  const found = await differences(
    api,
    { app, ref: named.ref, query: {}, local },
    { format: 'unified', paint: out.paint },
  );
  if (found.length === 0) {
    out.line('====== No Differences found ======');
    return false;
  }
  out.write(found.join(''));
  return values.assumeYes || prompter.confirm('\nSync the application');
}
