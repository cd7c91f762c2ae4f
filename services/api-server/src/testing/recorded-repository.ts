import { TiphysError } from '@tiphys/model';
import type { Repository } from '@tiphys/model';
import type { AppDetails } from '@tiphys/ports';

const BASE = 'http://127.0.0.1:18091';

/** The repositories that were served while recording, and who they let in. */
export function served({ url, username, password }: Repository): void {
  if (url === `${BASE}/private/private.git`) {
    if (username === 'gituser' && password === 'gitpass') return;
    throw new TiphysError('unauthenticated', 'the server asks for a login');
  }
  const open = [`${BASE}/git/apps.git`, `${BASE}/helm`, 'oci://127.0.0.1:15000/charts/chart'];
  if (!open.includes(url)) throw new TiphysError('not-found', 'there is no such repository');
}

const chartDetails: AppDetails = {
  sourceType: 'Helm',
  helm: {
    valueFiles: ['values-prod.yaml', 'values.yaml'],
    values: 'replicas: 1\nimage: example.com/web:1.0\nextra:\n  key: value\nflag: true\nlist: [a, b]\n',
    parameters: {
      replicas: '1',
      image: 'example.com/web:1.0',
      'extra.key': 'value',
      flag: 'true',
      'list[0]': 'a',
      'list[1]': 'b',
    },
  },
};

/** What the paths of the recorded repository are rendered with, and can be told. */
export const DETAILS: Readonly<Record<string, AppDetails>> = {
  web: { sourceType: 'Directory' },
  kust: { sourceType: 'Kustomize', kustomize: { images: ['example.com/web:1.0'] } },
  'kust-comp': { sourceType: 'Kustomize' },
  chart: chartDetails,
};
