import type { Share } from './share.ts';

const RENDERED_THERE = 'local files are rendered by the server, not here';

const NO_KUBECONFIG = 'a cluster is removed without looking for a kubeconfig that knows it';

/** Recordings that this client answers otherwise, and why. */
const otherwise: Share['otherwise'] = {
  '011-account-update-password': 'the replay has no context whose session could be renewed',
  '032-account-session-token': 'the replay logs in by a flag',
  '033-account-bcrypt': 'a hash is another each time',
  '227-proj-create-from-file-changed': 'the recording does not hold the file',
  '270-proj-role-list-tokens': 'the recording holds no seconds, only places of times',
  '714-appset-create-missing-file': 'that a file is not there is told in one sentence',
  '715-appset-create-no-args': 'a missing argument is told in one line, not with all of the help',
  '721-appset-get-yaml': 'texts that need quotes get double ones',
  '231-proj-create-no-args': 'a missing argument is told in one line, not with all of the help',
  '235-proj-set-nothing': 'a missing flag is told in one line, not with all of the help',
  '158-cert-list-bad-type': 'mistakes on the command line go to standard error',
  '198-cluster-rm-no-prompt-eof': 'that the input ended is told in words',
  '199-cluster-rm': NO_KUBECONFIG,
  '216-cluster-rm-bearer': NO_KUBECONFIG,
  '836-cluster-rm-flags': NO_KUBECONFIG,
  '838-cluster-rm-in-cluster-secret': NO_KUBECONFIG,
  '003-app-list-not-logged-in': 'no server takes part; the text says where a context was looked for',
  '078-server-down': 'no server takes part; the text names what to do',
  '552-app-set-nothing': 'a missing flag is told in one line, not with all of the help',
  '558-app-set-dest-namespace': 'the source of a hydrated application is left to its hydrator',
  '567-app-unset-nothing': 'a missing flag is told in one line, not with all of the help',
  '416-app-create-no-args': 'a missing argument is told in one line, not with all of the help',
  '420-app-create-file-differs': 'the recording does not hold the file',
  '467-alice-app-sync-override-denied': RENDERED_THERE,
  '493-app-diff-local-clean': RENDERED_THERE,
  '531-app-sync-local': RENDERED_THERE,
  '428-app-get-tree': 'objects that are not there yet are all shown, not only one of them',
  '480-app-resources-tree-detailed':
    'the roots of the tree come in the order of the server, not in any order',
  '495-app-resources-tree': 'the roots of the tree come in the order of the server, not in any order',
  '499-app-get-resource': 'the fields come in the order of the object, not in any order',
  '614-app-patch-json': 'a text that begins with a star stands in double quotes',
  '615-app-patch-merge': 'a text that begins with a star stands in double quotes',
  '489-app-wait-tree': 'the roots of the tree come in the order of the table, not in any order',
  '534-app-sync-label': 'a line that repeats the name of the application is left out',
  '535-app-sync-label-none': 'a line that repeats the name of the application is left out',
  '579-app-get-oci': 'a digest is shown with seven of its characters, not with none',
  '657-app-get-windowed': 'whether a window is open is asked of the server, not computed here',
  '843-unknown-command': 'an unknown command is told in one line, not with all of the help',
  '844-unknown-flag': 'mistakes on the command line go to standard error',
};

const groups = ['login', 'account', 'proj', 'app', 'appset', 'repo', 'repocreds', 'cert', 'gpg', 'cluster'];

/** Commands that ask a server, which answers what was recorded; `cluster add` asks a cluster as well. */
export const server: Share = {
  spec: 'recordings.int.spec.ts',
  includes: ([group = '', verb]) => groups.includes(group) && !(group === 'cluster' && verb === 'add'),
  otherwise,
};
