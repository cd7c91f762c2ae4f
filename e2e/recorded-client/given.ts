import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeProto, encodeProto } from '@tiphys/adapter-argo-api';
import type { JsonObject, JsonValue } from '@tiphys/model';
import { givenTiphys } from '@tiphys/testing/given';
import { packChart, startHelmRepo } from '@tiphys/testing/helm-repo';
import { startOciRegistry } from '@tiphys/testing/oci-registry';
import { rawGrpc } from '@tiphys/testing/raw-grpc';
import { methodOf } from '@tiphys/testing/recordings/calls';

const CHART_LAYER = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';
const NAMESPACES = ['team-a', 'ns-a', 'ns-b', 'ns-c'];
const PEOPLE = ['alice', 'reader', 'nobody'];
const POLICY = `
p, role:dev, applications, get, default/*, allow
p, role:dev, applications, sync, default/gb, allow
p, role:dev, projects, get, default, allow
g, alice, role:dev
g, reader, role:readonly
`;

type World = Awaited<ReturnType<typeof givenTiphys>>;

/** The installation that the recorded client spoke to, and what it found there. */
export interface RecordedWorld {
  readonly world: World;
  /** SHA of the n-th commit of the repository, from 1 on. */
  readonly commits: readonly string[];
  /** Calls an RPC as one of the recorded people. */
  call(
    person: string,
    path: string,
    request: JsonObject,
  ): Promise<{
    readonly status: number;
    readonly message: string;
    readonly response: JsonObject;
  }>;
  /** What was recorded with its addresses, as it is here. */
  here<T extends JsonValue>(value: T): T;
  close(): Promise<void>;
}

export async function givenRecordedWorld(recordings: string, project: JsonObject): Promise<RecordedWorld> {
  const [world, charts, registry] = await Promise.all([givenWorld(), startHelmRepo(), startOciRegistry()]);
  const commits = commitsIn(recordings);
  await world.git.importRepo('apps', readFileSync(join(recordings, 'git', 'cli-apps.fastexport')));
  await world.git.branch('apps', 'main', commits[1] ?? '');
  const files = chartFiles(readFileSync(join(recordings, 'git', 'cli-apps.fastexport')));
  await charts.publish({ name: 'chart', version: '0.1.0', files });
  await registry.push({
    name: 'charts/chart',
    tag: '0.1.0',
    layers: [{ mediaType: CHART_LAYER, data: await packChart('chart', '0.1.0', files) }],
  });
  await world.secret(
    'charts',
    { 'argocd.argoproj.io/secret-type': 'repository' },
    { url: `oci://${registry.host}/charts/chart`, type: 'oci', insecureOCIForceHttp: 'true' },
  );
  await world.project('filed', project);
  const port = Number(new URL(world.rest.url).port);
  const tokens = await logins(world);
  return {
    world,
    commits,
    call: (person, path, request) => call(port, { path, request, token: tokens.get(person) ?? '' }),
    here: (value) =>
      JSON.parse(
        JSON.stringify(value)
          .replaceAll('http://127.0.0.1:18091/git/apps.git', world.git.url('apps'))
          .replaceAll('http://127.0.0.1:18091/git/nosuch.git', world.git.url('nosuch'))
          .replaceAll('http://127.0.0.1:18091/helm', charts.url)
          .replaceAll('127.0.0.1:15000', registry.host)
          .replaceAll(/<git:apps\/(\d)>/gu, (_, n: string) => commits[Number(n)] ?? ''),
      ) as typeof value,
    close: async () => {
      await world.close();
      await Promise.all([charts.close(), registry.stop()]);
    },
  };
}

const givenWorld = (): Promise<World> =>
  givenTiphys({
    values: {
      config: {
        cm: {
          url: 'https://argocd.rec.local',
          ...Object.fromEntries(PEOPLE.map((name) => [`accounts.${name}`, 'login'])),
        },
        rbac: { 'policy.csv': POLICY },
        params: { 'application.namespaces': 'team-a', 'server.insecure': 'true' },
      },
    },
    prepare: async (kube) => {
      for (const name of NAMESPACES) {
        await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
      }
    },
  });

function commitsIn(recordings: string): readonly string[] {
  const commits: string[] = [];
  for (const line of readFileSync(join(recordings, 'git', 'cli-commits.tsv'), 'utf8').split('\n')) {
    const found = /^(\w+)\t<git:apps\/(\d)>/u.exec(line);
    if (found) commits[Number(found[2])] = found[1] ?? '';
  }
  return commits;
}

/** The files of the chart in the repository's first commit, as `git fast-export` wrote them. */
function chartFiles(fastExport: Buffer): Readonly<Record<string, string>> {
  const text = fastExport.toString('latin1');
  const files: Record<string, string> = {};
  for (const [, mark = '', path = ''] of text.matchAll(/^M 100644 :(\d+) chart\/(.+)$/gmu)) {
    const blob = new RegExp(`^blob\\nmark :${mark}\\n(?:original-oid .*\\n)?data (\\d+)\\n`, 'mu').exec(text);
    if (blob === null) continue;
    const start = blob.index + blob[0].length;
    files[path] ??= fastExport.subarray(start, start + Number(blob[1])).toString('utf8');
  }
  return files;
}

async function logins(world: World): Promise<ReadonlyMap<string, string>> {
  const tokens = new Map([['admin', world.rest.token]]);
  for (const name of PEOPLE) {
    const newPassword = `${name}pass1`;
    const currentPassword = world.system.adminPassword;
    await world.rest.call('PUT', '/api/v1/account/password', { name, currentPassword, newPassword });
    tokens.set(name, (await world.rest.login(name, newPassword)).token);
  }
  return tokens;
}

async function call(
  port: number,
  { path, request, token }: { readonly path: string; readonly request: JsonObject; readonly token: string },
): ReturnType<RecordedWorld['call']> {
  const method = methodOf(path);
  const answer = await rawGrpc(port, path, {
    headers: { token, 'user-agent': 'argocd-client/v3.5.1 grpc-go/1.81.1' },
    messages: [Buffer.from(encodeProto(method.request, request))],
  });
  const response = decodeProto(method.response, answer.messages[0] ?? Buffer.alloc(0)) as JsonObject;
  return { status: answer.grpcStatus, message: answer.grpcMessage, response };
}
