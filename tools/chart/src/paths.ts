import { resolve } from 'node:path';

/** The root of the checkout. */
export const repoRoot = resolve(import.meta.dirname, '../../..');
/** The chart's folder. */
export const chartDir = resolve(repoRoot, 'helm/tiphys');
/** The CRDs for `kubectl apply --server-side -f`, and the chart's own copies: a packaged chart must hold all it needs. */
export const crdDirs = [resolve(repoRoot, 'k8s/crds'), resolve(chartDir, 'files/crds')] as const;
/** The fact tables beside the checkout; present only on a developer's machine. */
export const wireDir = resolve(repoRoot, '../shared/wire');
