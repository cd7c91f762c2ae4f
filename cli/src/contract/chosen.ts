/** Differences that are meant to be, and why. */
export const chosen: Readonly<Record<string, string>> = {
  '--logformat: default json, not text': 'errors are written for people, unless json is asked for',
  'admin --logformat: default json, not text': 'as above',
  '--loglevel: default info, not none': 'the client writes no log',
  'admin --loglevel: default info, not none': 'as above',
  '--config: default /home/user/.config/argocd/config, not none': 'the path is that of the user',
  'cert add-ssh --from: default is to read from stdin, not none': 'the same, in words',
  'cert add-tls --from: default is to read from stdin, not none': 'the same, in words',
};
