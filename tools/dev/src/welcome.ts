import pc from 'picocolors';
import type { DevFile } from './dev-file.ts';

/** What a person sees when everything is up. */
export function welcome(dev: DevFile, secondsTaken: number): string {
  const cluster = `--kubeconfig ${dev.kubeconfig}`;
  return `
${pc.bold(pc.green('Tiphys is up'))} after ${secondsTaken.toFixed(1)} s. The Application ${pc.bold('guestbook')} is Synced and Healthy.

  address      ${pc.bold(dev.apiUrl)}
  login        admin / ${pc.bold(dev.adminPassword)}
  kubeconfig   ${dev.kubeconfig}
  repository   ${dev.gitUrl}
  logs         .tiphys/logs/
  for scripts  .tiphys/dev.json

${pc.bold('Three things to try')}, in another terminal:

  1. Push a commit and watch it roll out:
       git clone ${dev.gitUrl} /tmp/tiphys-example && cd /tmp/tiphys-example
       sed -i 's/replicas: 2/replicas: 5/' guestbook/deployment.yaml
       git -c user.name=me -c user.email=me@example.com commit -am 'Scale up' && git push
       kubectl ${cluster} -n guestbook get deployment guestbook --watch

  2. Break something, and see it come back at once:
       kubectl ${cluster} -n guestbook delete service guestbook
       kubectl ${cluster} -n guestbook get service guestbook

  3. Ask the API:
       TOKEN=$(curl -s ${dev.apiUrl}/api/v1/session -H 'Content-Type: application/json' -d '{"username":"admin","password":"${dev.adminPassword}"}' | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')
       curl -s ${dev.apiUrl}/api/v1/applications/guestbook -H "Authorization: Bearer $TOKEN"

Ctrl-C ends it and cleans up.
`;
}
