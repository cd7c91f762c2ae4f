import { BASELINE, buf } from './contract.ts';

/** Takes the contracts as they are now for what later changes are compared with. Done at a release. */
buf(['build', '.', '-o', BASELINE, '--exclude-source-info']);
console.log('proto/baseline/tiphys.binpb holds the contracts as they are now');
