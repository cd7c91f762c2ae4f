import type { RequestListener } from 'node:http';
import { sendText } from '@tiphys/adapter-argo-api';

/** Serves everything below a path, for proxies that pass it on as it is. Probes need no path. */
export function belowRoot(rootPath: string, serve: RequestListener): RequestListener {
  const root = rootPath.replace(/^\/+|\/+$/g, '');
  if (root === '') return serve;
  return (request, response) => {
    const url = request.url ?? '/';
    const rest = url.startsWith(`/${root}`) ? url.slice(root.length + 1) : undefined;
    if (url === '/healthz') return serve(request, response);
    if (rest === undefined || !/^(?:[/?]|$)/.test(rest)) {
      request.resume();
      return sendText(response, 404, '404 page not found');
    }
    request.url = rest.startsWith('/') ? rest : `/${rest}`;
    serve(request, response);
  };
}
