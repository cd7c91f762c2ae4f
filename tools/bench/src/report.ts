import { availableParallelism, totalmem } from 'node:os';
import type { IdleUse } from './measures/use.ts';
import type { Latency } from './statistics.ts';

/** All figures of one run: seconds, cores, MiB; latencies of the API in milliseconds. */
export interface Figures {
  readonly apps: number;
  readonly floor: number;
  readonly creation: number;
  readonly creationCpu: number;
  readonly commitToLive: Latency;
  readonly commitToAll: number;
  readonly selfHeal: Latency;
  readonly idle: IdleUse;
  readonly memory: Readonly<Record<string, number>>;
  readonly api: { readonly list: Latency; readonly get: Latency };
  readonly deletion: number;
}

export interface Machine {
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
}

export const machine = (): Machine => ({
  cores: availableParallelism(),
  memoryGiB: Math.round(totalmem() / 1_073_741_824),
  node: process.version,
});

const s = (value: number): string => `${value.toFixed(value < 1 ? 3 : 1)} s`;
const ms = (value: number): string => `${value.toFixed(1)} ms`;
const total = (values: Readonly<Record<string, number>>): number =>
  Object.values(values).reduce((sum, value) => sum + value, 0);
const each = (values: Readonly<Record<string, number>>, digits: number): string =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${value.toFixed(digits)}`)
    .join(', ');

/** The figures as a Markdown table. */
export function table(figures: Figures, on: Machine): string {
  const rows: readonly (readonly [string, string])[] = [
    ['raw server-side apply of the same objects (the floor)', s(figures.floor)],
    [
      'create all → all Synced and Healthy',
      `${s(figures.creation)} (${figures.creationCpu.toFixed(1)} CPU s, ${(figures.creation / figures.floor).toFixed(1)}× the floor)`,
    ],
    [
      'one app: commit → live after a refresh, p50 · p95',
      `${s(figures.commitToLive.p50)} · ${s(figures.commitToLive.p95)}`,
    ],
    ['one commit that changes every app → all Synced', s(figures.commitToAll)],
    ['a deleted object is back, p50 · p95', `${s(figures.selfHeal.p50)} · ${s(figures.selfHeal.p95)}`],
    ['delete all with cascade', s(figures.deletion)],
    [
      'idle CPU, all services',
      `${figures.idle.coresInAll.toFixed(3)} cores (${each(figures.idle.cores, 3)})`,
    ],
    ['git requests a minute while idle', figures.idle.gitRequestsPerMinute.toFixed(1)],
    ['resident memory, all services', `${total(figures.memory).toFixed(0)} MiB (${each(figures.memory, 0)})`],
    ['list of all apps by REST, p50 · p95', `${ms(figures.api.list.p50)} · ${ms(figures.api.list.p95)}`],
    ['one app by REST, p50 · p95', `${ms(figures.api.get.p50)} · ${ms(figures.api.get.p95)}`],
  ];
  const head = `${figures.apps} Applications × 3 objects; ${on.cores} cores, ${on.memoryGiB} GiB, Node ${on.node}`;
  return [
    head,
    '',
    '| measure | figure |',
    '|---|---|',
    ...rows.map(([name, value]) => `| ${name} | ${value} |`),
    '',
  ].join('\n');
}
