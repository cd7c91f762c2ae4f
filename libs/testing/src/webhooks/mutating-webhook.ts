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
}

/** What a webhook does to an object: operations of a JSON patch, or the text of a refusal. */
export type Verdict = readonly object[] | { readonly deny: string };

export interface MutatingWebhookOptions {
  readonly kube: KubeAccess;
  /** Cluster-wide name of its configuration. */
  readonly name: string;
  /** The one namespace whose objects it sees. */
  readonly namespace: string;
  /** Plural names, such as `configmaps`; all groups and versions. */
  readonly resources: readonly string[];
  readonly mutate: (review: Reviewed) => Verdict;
}

export interface MutatingWebhook {
  /** Every create and update that it was asked about, dry runs too. */
  readonly reviews: readonly Reviewed[];
  close(): Promise<void>;
}

/** Serves a mutating webhook over TLS on loopback and makes the cluster ask it. */
export async function startMutatingWebhook(options: MutatingWebhookOptions): Promise<MutatingWebhook> {
  const { kube, name, namespace, resources, mutate } = options;
  const authority = createAuthority(name);
  const { certPem, keyPem } = authority.issue({ commonName: name, hosts: ['127.0.0.1'], usage: 'server' });
  const reviews: Reviewed[] = [];
  const server = createServer({ cert: certPem, key: keyPem }, (request, response) => {
    void bodyOf(request).then((body) => {
      const { apiVersion, kind, request: asked } = JSON.parse(body) as Review;
      const review: Reviewed = {
        operation: asked.operation,
        isDryRun: asked.dryRun === true,
        user: asked.userInfo.username,
        object: asked.object,
      };
      reviews.push(review);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ apiVersion, kind, response: answer(asked.uid, mutate(review)) }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const path = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
  await kube.request('POST', path, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name: `${name}.tiphys.example`,
        clientConfig: {
          url: `https://127.0.0.1:${port}/mutate`,
          caBundle: Buffer.from(authority.certPem).toString('base64'),
        },
        rules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], resources }],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        timeoutSeconds: 5,
      },
    ],
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

interface Review {
  readonly apiVersion: string;
  readonly kind: string;
  readonly request: {
    readonly uid: string;
    readonly operation: string;
    readonly dryRun?: boolean;
    readonly userInfo: { readonly username: string };
    readonly object: KubeObject;
  };
}

function answer(uid: string, verdict: Verdict): object {
  if ('deny' in verdict) return { uid, allowed: false, status: { message: verdict.deny } };
  const patch = Buffer.from(JSON.stringify(verdict)).toString('base64');
  return { uid, allowed: true, ...(verdict.length === 0 ? {} : { patchType: 'JSONPatch', patch }) };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
