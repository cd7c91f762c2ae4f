import type { Share } from './share.ts';

/** Recordings that this client answers otherwise, and why. */
const otherwise: Share['otherwise'] = {
  '776-rbac-validate-bad': 'it says what is wrong, not <nil>',
  '789-proj-generate-allow-list':
    'the verb * lets one create, too: an empty list would let the project deploy everything',
  '790-proj-update-role-policy-dry': 'mistakes on the command line go to standard error',
  '799-import-skip-names': 'recorded on another state than the export; see backup.int.spec.ts',
};

/** Commands for operators, which ask no server. */
export const admin: Share = {
  spec: 'commands/admin/recordings.int.spec.ts',
  includes: ([group]) => group === 'admin',
  otherwise,
};
