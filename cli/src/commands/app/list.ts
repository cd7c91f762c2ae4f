import { qualifiedName, sourcesOf, type App } from '../../api/schemas/application.ts';
import { formatAppList } from '../../output/app-list.ts';
import { formatDocument } from '../../output/document.ts';
import { checkFormat } from '../../output/format.ts';
import { defineCommand } from '../../program/definition.ts';
import type { Invocation } from '../../program/invocation.ts';
import { appNamespace, selector } from './flags.ts';
import { checkPage, pageFilter, pageFlags, tellOfMore } from './page-flags.ts';

const formats = ['wide', 'json', 'yaml', 'name'] as const;

export const command = defineCommand({
  usage: '',
  args: { min: 0, max: 0 },
  description: 'Lists the applications that you may see.',
  flags: {
    output: { kind: 'text', short: 'o', default: 'wide', describe: 'Format: wide, json, yaml or name' },
    selector,
    project: {
      kind: 'list',
      short: 'p',
      describe: 'Only applications of this project',
      placeholder: 'project',
    },
    repo: {
      kind: 'text',
      short: 'r',
      describe: 'Only applications with this repository',
      placeholder: 'url',
    },
    path: { kind: 'text', short: 'P', describe: 'Only applications with this path', placeholder: 'path' },
    cluster: { kind: 'text', short: 'c', describe: 'Only applications for this cluster, by name or URL' },
    'app-namespace': appNamespace,
    ...pageFlags,
  },
  examples: [
    { what: 'All applications', line: 'tiphys app list' },
    { what: 'The names of those of a team', line: 'tiphys app list -l team=web -o name' },
    {
      what: 'Those of two projects that deploy to one cluster',
      line: 'tiphys app list -p web -p shop -c in-cluster',
    },
    {
      what: 'The first twenty, what is worst before all',
      line: 'tiphys app list --sort-by=-health --limit 20',
    },
    { what: 'What is not as git has it', line: 'tiphys app list --sync-status OutOfSync' },
  ],
  async run(invocation, { flags }) {
    const format = checkFormat(flags.output, formats);
    const api = await invocation.connect();
    const page = await api.applications.page({
      projects: flags.project,
      ...(flags.selector === undefined ? {} : { selector: flags.selector }),
      ...(flags['app-namespace'] === undefined ? {} : { namespace: flags['app-namespace'] }),
      ...pageFilter(flags),
    });
    checkPage(page, flags);
    print(invocation, flags.limit > 0 ? page.apps : page.apps.filter(matching(flags)), format);
    tellOfMore(invocation.err, page);
    return 0;
  },
});

interface Wanted {
  readonly project: readonly string[];
  readonly repo: string | undefined;
  readonly path: string | undefined;
  readonly cluster: string | undefined;
}

const matching =
  ({ project, repo, path, cluster }: Wanted) =>
  (app: App): boolean => {
    const sources = sourcesOf(app);
    const { destination } = app.spec;
    return (
      (project.length === 0 || project.includes(app.spec.project ? app.spec.project : 'default')) &&
      (repo === undefined || sources.some(({ repoURL }) => repoURL === repo)) &&
      (path === undefined || sources.some((source) => source.path === path)) &&
      (cluster === undefined || destination?.name === cluster || destination?.server === cluster)
    );
  };

function print({ out }: Invocation, apps: readonly App[], format: (typeof formats)[number]): void {
  switch (format) {
    case 'wide':
      out.write(formatAppList(apps, out.paint));
      return;
    case 'name':
      for (const app of apps) out.line(qualifiedName(app));
      return;
    case 'json':
    case 'yaml':
      out.write(formatDocument(apps, format));
  }
}
