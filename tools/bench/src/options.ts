import { parseArgs } from 'node:util';

export interface BenchOptions {
  readonly apps: number;
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
}

export const usage = `Measures a control plane through its custom resources and its REST API.

  npm run bench -- [options]

  --apps N            Applications of 3 objects each (default 200)
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
      apps: { type: 'string', default: '200' },
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
  return {
    apps: wholeNumber('--apps', values.apps),
    idleSeconds: wholeNumber('--idle-seconds', values['idle-seconds']),
    samples: wholeNumber('--samples', values.samples),
    out: values.out,
    logs: values.logs,
    system: externalSystem(values),
  };
}

function externalSystem(
  values: Readonly<Record<string, string | boolean | undefined>>,
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
