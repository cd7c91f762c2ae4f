import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Session } from 'node:inspector/promises';
import { it } from 'vitest';
import { sharedKubeEnv, type KubeAccess } from '@tiphys/testing/kube-env';
import { parseYamlDocuments } from '@tiphys/yaml';
import { poll } from '@tiphys/testing/processes';
import { startController } from './testing/start-controller.ts';

it('lag', async () => {
  const kube: KubeAccess = await sharedKubeEnv();
  const crds = ['applications', 'appprojects', 'applicationsets'].map((name) => parseYamlDocuments(readFileSync(new URL(`../../../k8s/crds/${name}.yaml`, import.meta.url), 'utf8'), { file: name })[0]);
  await kube.applyAll(crds as never);
  const control = (await kube.createNamespace('lagc')).name;
  const target = (await kube.createNamespace('lagt')).name;
  await kube.apply({ apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', metadata: { name: 'default', namespace: control }, spec: { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }] } } as never);
  const N = Number(process.env['LAG_N'] ?? 3000);
  const objects = Array.from({ length: N }, (_, i) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `m${i}` }, data: { v: 'x'.repeat(800), n: String(i) } }));
  const revision = createHash('sha1').update('1').digest('hex');
  const repoServer = {
    render: () => Promise.resolve({ objects, contentHash: 'h', revision, sourceType: 'Directory' as const, refRevisions: {} }),
    resolveRevision: () => Promise.resolve(revision), revisionMetadata: () => Promise.resolve({ author: '', date: '', message: '', tags: [] }),
    hasChanges: () => Promise.resolve(true), testRepository: () => Promise.resolve(),
  };
  const running = await startController({ kube, namespace: control, repoServer: repoServer as never });
  const path = `/apis/argoproj.io/v1alpha1/namespaces/${control}/applications`;
  await kube.request('POST', path, { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name: 'lag' }, spec: { project: 'default', source: { repoURL: 'https://x/y', path: '.' }, destination: { server: 'https://kubernetes.default.svc', namespace: target }, syncPolicy: { automated: {} } } });
  const get = () => kube.request<any>('GET', `${path}/lag`);
  const h = monitorEventLoopDelay({ resolution: 5 }); h.enable();
  const t0 = performance.now();
  await poll(async () => { const a = await get(); if (Math.random() < 0.03) process.stderr.write(JSON.stringify({s: a.status?.sync?.status, c: a.status?.conditions, o: a.status?.operationState?.phase, m: a.status?.operationState?.message, n: a.status?.operationState?.syncResult?.resources?.length, t: Math.round(performance.now() - t0)}) + '\n'); return a.status?.sync?.status === 'Synced' && a.operation === undefined; }, { what: 'synced', timeoutMs: 150_000 });
  console.log('sync', N, Math.round(performance.now() - t0), 'ms; max lag', h.max / 1e6, 'p99', h.percentile(99) / 1e6);
  const cpu = (): number => { const u = process.threadCpuUsage(); return (u.user + u.system) / 1000; };
  let worst: number[] = [];
  let on = true;
  let lastCpu = cpu();
  const tick = (): void => { const c = cpu(); worst.push(c - lastCpu); lastCpu = cpu(); if (worst.length > 5000) worst = worst.sort((a, b) => b - a).slice(0, 20); if (on) setTimeout(tick, 2); };
  tick();
  for (const kind of ['refresh', 'edit', 'refresh', 'edit']) {
    await new Promise((r) => setTimeout(r, 1500));
    h.reset(); worst = [];
    const session = new Session(); session.connect(); await session.post('Profiler.enable'); await session.post('Profiler.setSamplingInterval', { interval: 500 }); await session.post('Profiler.start');
    if (kind === 'refresh') {
      await kube.request('PATCH', `${path}/lag`, { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } } }, 'application/merge-patch+json');
      await poll(async () => (await get()).metadata.annotations?.['argocd.argoproj.io/refresh'] === undefined, { what: 'r', timeoutMs: 60_000 });
    } else {
      await kube.request('PATCH', `/api/v1/namespaces/${target}/configmaps/m7`, { data: { v: String(Math.random()) } }, 'application/merge-patch+json');
      await poll(async () => (await get()).status.sync.status === 'OutOfSync' || true, { what: 'e', timeoutMs: 60_000 });
    }
    await new Promise((r) => setTimeout(r, 1500));
    const { profile } = await session.post('Profiler.stop'); session.disconnect();
    const byId = new Map(profile.nodes.map((n) => [n.id, n] as const));
    const parent = new Map<number, number>(); for (const n of profile.nodes) for (const c of n.children ?? []) parent.set(c, n.id);
    const total = new Map<string, number>();
    profile.samples?.forEach((id, i) => { const dt = (profile.timeDeltas?.[i] ?? 0) / 1000; const seen = new Set<string>(); let at: number | undefined = id; while (at !== undefined) { const n = byId.get(at); const name = `${n?.callFrame.functionName} ${n?.callFrame.url.split('/').pop()}:${n?.callFrame.lineNumber}`; if (!seen.has(name)) { seen.add(name); total.set(name, (total.get(name) ?? 0) + dt); } at = parent.get(at); } });
    process.stderr.write('PROF ' + kind + '\n' + [...total].filter(([n]) => !/idle|program|root/.test(n)).sort((a, b) => b[1] - a[1]).slice(0, 45).map(([n, t]) => `  PROF ${t.toFixed(0)} ${n}`).join('\n') + '\n');
    console.log(kind, 'max lag', Math.round(h.max / 1e6), 'cpu blocks', worst.sort((a, b) => b - a).slice(0, 8).map((x) => Math.round(x)).join(' '));
  }
  on = false;
  await running.stop();
}, 400_000);
