/** Differences that are meant to be, and why. */
export const chosen: Readonly<Record<string, string>> = {
  '--logformat: default json, not text': 'errors are written for people, unless json is asked for',
  'admin --logformat: default json, not text': 'as above',
  '--loglevel: default info, not none': 'the client writes no log',
  'admin --loglevel: default info, not none': 'as above',
  '--config: default /home/user/.config/argocd/config, not none': 'the path is that of the user',
  '--header: list with commas, not list':
    'commas stand between headers as well as in them, and are told apart',
  'app create --revision-history-limit: default 10, not none':
    'what is not said is left to the server, which keeps 10',
  'app set --revision-history-limit: default 10, not none': 'as above',
  'app add-source --revision-history-limit: default 10, not none': 'as above',
  'cert add-ssh --from: default is to read from stdin, not none': 'the same, in words',
  'cert add-tls --from: default is to read from stdin, not none': 'the same, in words',
};
