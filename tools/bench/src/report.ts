import { availableParallelism, totalmem } from 'node:os';
import type { ApiFigures } from './parts/api.ts';
import type { LargeApp } from './parts/large-app.ts';
import type { Cost } from './measures/lists.ts';
import type { ManyApps } from './parts/many-apps.ts';
import type { TwoClusters } from './parts/two-clusters.ts';
import type { Latency } from './statistics.ts';

/** All figures of one run; parts that were not asked for are absent. */
export interface Figures {
  readonly manyApps?: ManyApps;
  readonly largeApp?: LargeApp;
  readonly twoClusters?: TwoClusters;
  readonly api?: ApiFigures;
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

type Row = readonly [measure: string, figure: string];

/** The figures as a Markdown table. */
export function table({ manyApps, largeApp, twoClusters, api }: Figures, on: Machine): string {
  const rows: readonly Row[] = [
    ...(manyApps === undefined ? [] : manyAppsRows(manyApps)),
    ...(largeApp === undefined ? [] : largeAppRows(largeApp)),
    ...(twoClusters === undefined ? [] : twoClustersRows(twoClusters)),
    ...(api === undefined ? [] : apiRows(api)),
  ];
  return [
    `${on.cores} cores, ${on.memoryGiB} GiB, Node ${on.node}`,
    '',
    '| measure | figure |',
    '|---|---|',
    ...rows.map(([name, value]) => `| ${name} | ${value} |`),
    '',
  ].join('\n');
}

const times = (seconds: number, floor: number): string => `${(seconds / floor).toFixed(1)}× the floor`;

const manyAppsRows = (figures: ManyApps): readonly Row[] => [
  ['Applications of 3 objects', String(figures.apps)],
  ['raw server-side apply of the same objects (the floor)', s(figures.floor)],
  [
    'create all → all Synced and Healthy',
    `${s(figures.creation)} (${figures.creationCpu.toFixed(1)} CPU s, ${times(figures.creation, figures.floor)})`,
  ],
  [
    'one app: commit → live after a refresh, p50 · p95',
    `${s(figures.commitToLive.p50)} · ${s(figures.commitToLive.p95)}`,
  ],
  ['one commit that changes every app → all Synced', s(figures.commitToAll)],
  ['a deleted object is back, p50 · p95', `${s(figures.selfHeal.p50)} · ${s(figures.selfHeal.p95)}`],
  ['delete all with cascade', s(figures.deletion)],
  ['idle CPU, all services', `${figures.idle.coresInAll.toFixed(3)} cores (${each(figures.idle.cores, 3)})`],
  ['git requests a minute while idle', figures.idle.gitRequestsPerMinute.toFixed(1)],
  ['resident memory, all services', `${total(figures.memory).toFixed(0)} MiB (${each(figures.memory, 0)})`],
  ['list of all apps by REST, p50 · p95', `${ms(figures.api.list.p50)} · ${ms(figures.api.list.p95)}`],
  ['one app by REST, p50 · p95', `${ms(figures.api.get.p50)} · ${ms(figures.api.get.p95)}`],
];

const largeAppRows = ({ objects, floor, creation, controllerPeak }: LargeApp): readonly Row[] => [
  [`one Application of ${objects} config maps: the floor`, s(floor)],
  [
    `one Application of ${objects} config maps: created → Synced and Healthy`,
    `${s(creation)} (${times(creation, floor)})`,
  ],
  ['most memory of the controller meanwhile', `${controllerPeak.toFixed(0)} MiB`],
];

const twoClustersRows = ({ apps, creation, idle, memory }: TwoClusters): readonly Row[] => [
  [`${apps} Applications over two clusters: create all → all Synced and Healthy`, s(creation)],
  ['idle CPU with them, all services', `${idle.coresInAll.toFixed(3)} cores (${each(idle.cores, 3)})`],
  ['resident memory with them', `${total(memory).toFixed(0)} MiB (${each(memory, 0)})`],
];

const pair = ({ p50, p95 }: Latency): string => `${ms(p50)} · ${ms(p95)}`;
const cost = (found: Cost): string => `${pair(found)} (${ms(found.cpu)} of CPU)`;
const micro = (value: number): string => `${(value * 1_000).toFixed(1)} µs`;

const apiRows = ({ apps, objectsPerApp, lists, streams, logins, rights }: ApiFigures): readonly Row[] => [
  ['Applications × objects', `${apps} × ${objectsPerApp}`],
  ['a call that asks nothing (the floor)', cost(lists.floor)],
  [
    'list of all, nothing changed, p50 · p95',
    `${cost(lists.all)} (${(lists.listBytes / 1_048_576).toFixed(1)} MiB)`,
  ],
  ['list of all after a change', cost(lists.afterChange)],
  ['first page of 50 after a change', cost(lists.firstPage)],
  ['the same searched, sorted by health, with counts', cost(lists.searched)],
  ['list of all names after a change', cost(lists.names)],
  ['one Application', cost(lists.get)],
  [
    `a change until each of ${streams.count} streams has it`,
    `${pair(streams.seen)}, at most ${ms(streams.seen.max)}`,
  ],
  ['what they add to the api-server', streams.memory === undefined ? '' : `${streams.memory.toFixed(0)} MiB`],
  ['a login, four at once', pair(logins.login)],
  ['other calls meanwhile', `${pair(logins.others)}, at most ${ms(logins.others.max)}`],
  [
    'a decision under 1,000 policies for a member of 200 groups',
    `${micro(rights.p50)} · ${micro(rights.p95)}`,
  ],
];
