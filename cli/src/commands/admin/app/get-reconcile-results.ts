import { writeFile } from 'node:fs/promises';
import { annotations, messageOf, type KubeObject } from '@tiphys/model';
import { clock } from '../../../kube/clock.ts';
import { kubeFlags } from '../../../kube/flags.ts';
import { withCluster, type OwnCluster } from '../../../kube/own-cluster.ts';
import { ownKinds } from '../../../kube/own-kinds.ts';
import { defineCommand } from '../../../program/definition.ts';
import { exitCodes, Failure } from '../../../program/failure.ts';
import { generatedText } from '../generated-output.ts';
import { resultOf } from './reconcile-results.ts';

const unused = (describe = 'Accepted and not needed') => ({ kind: 'text', hidden: true, describe }) as const;
const PAUSE_MS = 500;
const REFRESH_MS = 300_000;

export const command = defineCommand({
  usage: 'PATH',
  args: { min: 1, max: 1 },
  description:
    'Writes how all applications are into a file, to be compared later; - prints it. With --refresh the control plane compares each of them first.',
  flags: {
    ...kubeFlags,
    refresh: { kind: 'switch', describe: 'Have all applications compared anew, and wait for it' },
    l: { kind: 'text', describe: 'Applications with these labels only', placeholder: 'selector' },
    o: { kind: 'text', default: 'yaml', describe: 'Format: yaml or json' },
    'repo-server': unused(),
    'server-side-diff': { kind: 'switch', hidden: true, describe: 'Accepted and not needed' },
    'ignore-normalizer-jq-execution-timeout': { ...unused(), default: '1s' },
  },
  examples: [
    {
      what: 'Before an upgrade',
      line: 'tiphys admin app get-reconcile-results before.yaml --refresh -n argocd',
    },
  ],
  async run(invocation, { args: [path = ''], flags }) {
    const text = await withCluster(invocation, flags, async (cluster) => {
      if (flags.refresh) await refreshAll(cluster, flags.l);
      const apps = await listApps(cluster, flags.l);
      return generatedText({ applications: apps.map(resultOf) }, flags.o);
    });
    if (path === '-') invocation.out.write(text);
    else
      await writeFile(path, text).catch((cause: unknown) => {
        throw new Failure(`The file ${path} cannot be written: ${messageOf(cause)}`, {
          exitCode: exitCodes.general,
          cause,
        });
      });
    return 0;
  },
});

async function listApps(
  { api, namespace }: OwnCluster,
  labelSelector: string | undefined,
): Promise<readonly KubeObject[]> {
  const selector = labelSelector === undefined ? { namespace } : { namespace, labelSelector };
  const { items } = await api.list(ownKinds.application, selector);
  return [...items].sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
}

/** The controller takes the mark away once it has compared an Application. */
async function refreshAll(cluster: OwnCluster, selector: string | undefined): Promise<void> {
  const body = { metadata: { annotations: { [annotations.refresh]: 'normal' } } };
  for (const { metadata } of await listApps(cluster, selector)) {
    const name = { name: metadata.name ?? '', namespace: cluster.namespace };
    await cluster.api.patch(ownKinds.application, name, { type: 'merge', body, fieldManager: 'argocd' });
  }
  const deadline = clock.now() + REFRESH_MS;
  for (;;) {
    const waiting = (await listApps(cluster, selector)).filter(
      ({ metadata }) => metadata.annotations?.[annotations.refresh] !== undefined,
    );
    if (waiting.length === 0) return;
    if (clock.now() > deadline)
      throw new Failure(
        `${String(waiting.length)} applications were not compared within ${String(REFRESH_MS / 1_000)} s, such as ${waiting[0]?.metadata.name ?? ''}.`,
        { exitCode: exitCodes.general, hints: ['Does the application-controller run?'] },
      );
    await clock.sleep(PAUSE_MS);
  }
}
