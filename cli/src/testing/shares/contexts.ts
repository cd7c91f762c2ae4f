import type { Share } from './share.ts';

const OWN_VERSION = 'the client tells its own versions';
const OTHER_NETWORK = 'the recording tells what the network of the recorder said';

/** Recordings about the client itself that are not replayed, and why. */
const otherwise: Share['otherwise'] = {
  '001-version-client': OWN_VERSION,
  '002-version-not-logged-in': OWN_VERSION,
  '017-version-full': OWN_VERSION,
  '018-version-short': OWN_VERSION,
  '019-version-json': OWN_VERSION,
  '020-version-yaml': OWN_VERSION,
  '066-extra-header': OWN_VERSION,
  '069-logout-prompt-eof': 'a logout asks nothing',
  '070-logout-default-context': OTHER_NETWORK,
  '073-logout-nobody': OTHER_NETWORK,
  '075-logout-missing-context': 'that there is no such context is told with those that there are',
};

const groups = ['version', 'context', 'configure', 'logout', 'relogin'];

/** Commands about the client itself and the servers that it knows. */
export const contexts: Share = {
  spec: 'context.recordings.int.spec.ts',
  includes: ([group = '']) => groups.includes(group),
  otherwise,
};
