import type { App } from '../../api/schemas/application.ts';
import { formatAppList } from '../../output/app-list.ts';
import { checkFormat } from '../../output/format.ts';
import { formatDocument } from '../../output/document.ts';
import { defineCommand } from '../../program/definition.ts';
import { appsetNamespace, output } from './flags.ts';
import { appsetsIn } from './input.ts';

export const command = defineCommand({
  usage: 'FILE|URL...',
  args: { min: 1, max: Infinity },
  description: 'Shows the applications that an application set would have, without creating anything.',
  flags: { output, 'appset-namespace': appsetNamespace },
  examples: [
    { what: 'As a table', line: 'tiphys appset generate shops.yaml' },
    { what: 'As manifests', line: 'tiphys appset generate shops.yaml -o yaml' },
  ],
  async run(invocation, { args, flags }) {
    const format = checkFormat(flags.output, ['wide', 'json', 'yaml']);
    const wanted = await appsetsIn(invocation, args, flags['appset-namespace']);
    const { applicationSets } = await invocation.connect();
    const apps: App[] = [];
    for (const appset of wanted) apps.push(...(await applicationSets.generate(appset)));
    const { out } = invocation;
    out.write(
      format === 'wide' ? formatAppList(apps, out.paint) : formatDocument(apps.map(manifestOf), format),
    );
    return 0;
  },
});

/** What could be applied: nothing has a status yet. */
function manifestOf({ status: _status, ...app }: App): Readonly<Record<string, unknown>> {
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', ...app };
}
