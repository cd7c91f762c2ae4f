import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { IncomingMessage } from 'node:http';
import type { KubeObject } from '@tiphys/model';
import type { KubeAccess } from '../kube-env/index.ts';
import { createAuthority } from '../pki/index.ts';

/** One admission request, as far as scenarios ask. */
export interface Reviewed {
  readonly operation: string;
  readonly isDryRun: boolean;
  /** Who asked, such as `system:serviceaccount:argocd:argocd-application-controller`. */
  readonly user: string;
  readonly object: KubeObject;
  /** `fieldManager`, `fieldValidation`. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** What a webhook does to an object: operations of a JSON patch, the text of a refusal, or no answer at all. */
export type Verdict = readonly object[] | { readonly deny: string } | 'hang';

export interface AdmissionWebhookOptions {
  readonly kube: KubeAccess;
  /** Only a mutating one may patch. */
  readonly type: 'mutating' | 'validating';
  /** Cluster-wide name of its configuration. */
  readonly name: string;
  /** The one namespace whose objects it sees. */
  readonly namespace: string;
  /** Plural names, such as `configmaps`; all groups and versions. */
  readonly resources: readonly string[];
  readonly judge: (review: Reviewed) => Verdict;
  /** How long the cluster waits for an answer. Default 5. */
  readonly timeoutSeconds?: number;
}

export interface AdmissionWebhook {
  /** Every create and update that it was asked about, dry runs too. */
  readonly reviews: readonly Reviewed[];
  close(): Promise<void>;
}

const kinds = {
  mutating: ['MutatingWebhookConfiguration', 'mutatingwebhookconfigurations'],
  validating: ['ValidatingWebhookConfiguration', 'validatingwebhookconfigurations'],
} as const;

/** Serves an admission webhook over TLS on loopback and makes the cluster ask it. */
export async function startAdmissionWebhook(options: AdmissionWebhookOptions): Promise<AdmissionWebhook> {
  const { kube, name, judge, type } = options;
  const authority = createAuthority(name);
  const { certPem, keyPem } = authority.issue({ commonName: name, hosts: ['127.0.0.1'], usage: 'server' });
  const reviews: Reviewed[] = [];
  const server = createServer({ cert: certPem, key: keyPem }, (request, response) => {
    void bodyOf(request).then((body) => {
      const { apiVersion, kind, request: asked } = JSON.parse(body) as Review;
      const review = reviewed(asked);
      reviews.push(review);
      const verdict = judge(review);
      if (verdict === 'hang') return;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ apiVersion, kind, response: answer(asked.uid, verdict) }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const [kind, plural] = kinds[type];
  const path = `/apis/admissionregistration.k8s.io/v1/${plural}`;
  await kube.request('POST', path, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name },
    webhooks: [hookOf(options, { url: `https://127.0.0.1:${port}/`, caPem: authority.certPem })],
  });
  return {
    reviews,
    close: async () => {
      await kube.request('DELETE', `${path}/${name}`);
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const hookOf = (
  { name, namespace, resources, timeoutSeconds = 5 }: AdmissionWebhookOptions,
  { url, caPem }: { readonly url: string; readonly caPem: string },
): object => ({
  name: `${name}.tiphys.example`,
  clientConfig: { url, caBundle: Buffer.from(caPem).toString('base64') },
  rules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], resources }],
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
  timeoutSeconds,
});

/** Starts a webhook that may change objects. */
export const startMutatingWebhook = ({
  mutate,
  ...options
}: Omit<AdmissionWebhookOptions, 'type' | 'judge'> & {
  readonly mutate: AdmissionWebhookOptions['judge'];
}): Promise<AdmissionWebhook> => startAdmissionWebhook({ ...options, type: 'mutating', judge: mutate });

interface Review {
  readonly apiVersion: string;
  readonly kind: string;
  readonly request: {
    readonly uid: string;
    readonly operation: string;
    readonly dryRun?: boolean;
    readonly userInfo: { readonly username: string };
    readonly object: KubeObject;
    readonly options?: Readonly<Record<string, unknown>>;
  };
}

const reviewed = ({ operation, dryRun, userInfo, object, options }: Review['request']): Reviewed => ({
  operation,
  isDryRun: dryRun === true,
  user: userInfo.username,
  object,
  options: options ?? {},
});

function answer(uid: string, verdict: Exclude<Verdict, 'hang'>): object {
  if ('deny' in verdict) return { uid, allowed: false, status: { message: verdict.deny } };
  const patch = Buffer.from(JSON.stringify(verdict)).toString('base64');
  return { uid, allowed: true, ...(verdict.length === 0 ? {} : { patchType: 'JSONPatch', patch }) };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
