import pc from 'picocolors';
import type { DevFile } from './dev-file.ts';

/** What a person sees when everything is up. */
export function welcome(dev: DevFile, secondsTaken: number): string {
  const host = new URL(dev.apiUrl).host;
  const clone = '/tmp/tiphys-example';
  return `
${pc.bold(pc.green('Tiphys is up'))} after ${secondsTaken.toFixed(1)} s. The Application ${pc.bold('guestbook')} is Synced and Healthy.

  address      ${pc.bold(dev.apiUrl)}
  login        admin / ${pc.bold(dev.adminPassword)}
  kubeconfig   ${dev.kubeconfig}
  repository   ${dev.gitUrl}
  logs         .tiphys/logs/
  for scripts  .tiphys/dev.json

${pc.bold('Three things to try')}, in another terminal here:

  1. Look at what runs:
       bin/tiphys login ${host} --plaintext --username admin --password '${dev.adminPassword}'
       bin/tiphys app get guestbook

  2. Push a commit and watch it roll out:
       git clone ${dev.gitUrl} ${clone}
       sed -i 's/replicas: 2/replicas: 5/' ${clone}/guestbook/deployment.yaml
       git -C ${clone} -c user.name=me -c user.email=me@example.com commit -am 'Scale up'
       git -C ${clone} push && bin/tiphys app refresh guestbook
       bin/tiphys app wait guestbook && bin/tiphys app history guestbook

  3. Deploy the same once more, somewhere else:
       bin/tiphys app create second --repo ${dev.gitUrl} --path guestbook \\
         --dest-server https://kubernetes.default.svc --dest-namespace second \\
         --sync-policy auto --sync-option CreateNamespace=true
       bin/tiphys app wait second && bin/tiphys app list

Ctrl-C ends it and cleans up.
`;
}
