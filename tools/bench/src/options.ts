import { parseArgs } from 'node:util';

/** What may be measured; each part begins with a fresh control plane where none is given. */
export const PARTS = ['many-apps', 'large-app', 'two-clusters', 'api'] as const;
export type Part = (typeof PARTS)[number];

export interface BenchOptions {
  readonly parts: readonly Part[];
  readonly apps: number;
  /** Config maps of the one large Application. */
  readonly objects: number;
  /** Applications over two clusters. */
  readonly spread: number;
  /** Applications of 10 objects that the API is asked about. */
  readonly apiApps: number;
  /** Seconds of doing nothing over which idle use is measured. */
  readonly idleSeconds: number;
  /** Samples of each latency. */
  readonly samples: number;
  readonly out: string | undefined;
  /** Folder that keeps the logs of the services; absent: they go when the run ends. */
  readonly logs: string | undefined;
  /** A system that is up already; absent: one is started for the run. */
  readonly system: ExternalSystem | undefined;
}

/** Any control plane with the compatible API. */
export interface ExternalSystem {
  readonly kubeconfig: string;
  readonly apiUrl: string;
  readonly password: string;
  readonly namespace: string;
  /** Process ids of the services by name. */
  readonly pids: Readonly<Record<string, number>>;
  /** Addresses of further destination clusters. */
  readonly farServers?: readonly string[];
}

export const usage = `Measures a control plane through its custom resources and its REST API.

  npm run bench -- [options]

  --part NAME         only that part; may be repeated (${PARTS.join(', ')})
  --apps N            many-apps: Applications of 3 objects each (default 200)
  --objects N         large-app: config maps of one Application (default 5000)
  --spread N          two-clusters: Applications of 3 objects each (default 1000)
  --api-apps N        api: Applications of 10 objects each (default 1000)
  --idle-seconds N    how long idle use is measured (default 20)
  --samples N         samples of each latency (default 20)
  --out FILE          write the figures as JSON
  --logs DIR          keep the logs of the services
  --kubeconfig FILE   measure a system that is up, with:
  --api-url URL         its REST API
  --password TEXT       of the account admin
  --namespace NAME      of its Applications (default argocd)
  --pids a=1,b=2        its processes, for CPU and memory
`;

/** Reads the command line; undefined where help was asked for. */
export function parseOptions(argv: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      help: { type: 'boolean', short: 'h' },
      part: { type: 'string', multiple: true },
      apps: { type: 'string', default: '200' },
      objects: { type: 'string', default: '5000' },
      spread: { type: 'string', default: '1000' },
      'api-apps': { type: 'string', default: '1000' },
      'idle-seconds': { type: 'string', default: '20' },
      samples: { type: 'string', default: '20' },
      out: { type: 'string' },
      logs: { type: 'string' },
      kubeconfig: { type: 'string' },
      'api-url': { type: 'string' },
      password: { type: 'string' },
      namespace: { type: 'string', default: 'argocd' },
      pids: { type: 'string', default: '' },
    },
  });
  if (values.help === true) return undefined;
  const system = externalSystem(values);
  return {
    parts: partsOf(values.part, system),
    objects: wholeNumber('--objects', values.objects),
    spread: wholeNumber('--spread', values.spread),
    apiApps: wholeNumber('--api-apps', values['api-apps']),
    apps: wholeNumber('--apps', values.apps),
    idleSeconds: wholeNumber('--idle-seconds', values['idle-seconds']),
    samples: wholeNumber('--samples', values.samples),
    out: values.out,
    logs: values.logs,
    system,
  };
}

/** The parts asked for. A system that is up has one cluster, so that it is not asked for the part with two by default. */
function partsOf(asked: readonly string[] | undefined, system: ExternalSystem | undefined): readonly Part[] {
  if (asked === undefined) return PARTS.filter((part) => system === undefined || part !== 'two-clusters');
  return asked.map((name) => {
    const part = PARTS.find((known) => known === name);
    if (part === undefined) throw new Error(`--part takes ${PARTS.join(', ')}, not '${name}'`);
    if (part === 'two-clusters' && system !== undefined)
      throw new Error('two-clusters starts clusters of its own; leave --kubeconfig out');
    return part;
  });
}

function externalSystem(
  values: Readonly<Record<string, string | boolean | string[] | undefined>>,
): ExternalSystem | undefined {
  const { kubeconfig, password, namespace, pids } = values;
  const apiUrl = values['api-url'];
  if (typeof kubeconfig !== 'string') return undefined;
  if (typeof apiUrl !== 'string' || typeof password !== 'string')
    throw new Error('--kubeconfig also needs --api-url and --password');
  return { kubeconfig, apiUrl, password, namespace: String(namespace), pids: parsePids(String(pids)) };
}

const parsePids = (text: string): Record<string, number> =>
  Object.fromEntries(
    text
      .split(',')
      .filter((item) => item !== '')
      .map((item) => {
        const [name = '', pid = ''] = item.split('=');
        return [name, wholeNumber('--pids', pid)];
      }),
  );

function wholeNumber(name: string, text: string): number {
  if (!/^\d+$/u.test(text)) throw new Error(`${name} takes a whole number, not '${text}'`);
  return Number(text);
}
