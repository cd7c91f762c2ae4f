import { z } from 'zod';
import { isJsonObject, TiphysError, type KubeObject } from '@tiphys/model';
import type { ApiResource } from '@tiphys/ports';

export const leaseResource: ApiResource = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  resource: 'leases',
  namespaced: true,
  verbs: ['get', 'list', 'create', 'update'],
};

const leaseSchema = z.object({
  spec: z
    .object({
      holderIdentity: z.string().nullish(),
      leaseDurationSeconds: z.number().nullish(),
      renewTime: z.string().nullish(),
      leaseTransitions: z.number().nullish(),
    })
    .default({}),
});

/** What a Lease says. An empty holder means that it is free. */
export interface LeaseRecord {
  readonly holder: string;
  readonly durationMs: number;
  readonly renewTime: string;
  readonly transitions: number;
}

/** Reads a Lease of the API; `invalid` where it is none. */
export function readLease(object: KubeObject): LeaseRecord {
  const parsed = leaseSchema.safeParse(object);
  if (!parsed.success) throw new TiphysError('invalid', `Lease ${object.metadata.name ?? ''} cannot be read`);
  const { holderIdentity, leaseDurationSeconds, renewTime, leaseTransitions } = parsed.data.spec;
  return {
    holder: holderIdentity ?? '',
    durationMs: (leaseDurationSeconds ?? 0) * 1_000,
    renewTime: renewTime ?? '',
    transitions: leaseTransitions ?? 0,
  };
}

export interface Claim {
  readonly name: string;
  readonly namespace: string;
  /** Who holds it from now on; empty gives it back. */
  readonly holder: string;
  readonly durationMs: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** The Lease to write for a claim; `before` is the one that is there. */
export function claimed(claim: Claim, before: KubeObject | undefined): KubeObject {
  const known = before === undefined ? undefined : readLease(before);
  const time = new Date(claim.now).toISOString().replace('Z', '000Z');
  const isSame = known?.holder === claim.holder;
  const spec = before?.['spec'];
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      ...before?.metadata,
      name: claim.name,
      namespace: claim.namespace,
      labels: { ...before?.metadata.labels, ...claim.labels },
    },
    spec: {
      ...(isSame && isJsonObject(spec) ? spec : { acquireTime: time }),
      holderIdentity: claim.holder,
      leaseDurationSeconds: Math.max(1, Math.ceil(claim.durationMs / 1_000)),
      renewTime: time,
      leaseTransitions: (known?.transitions ?? 0) + (known === undefined || isSame ? 0 : 1),
    },
  };
}
