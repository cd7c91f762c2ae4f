import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf, openApiDocument, sendReply, sendText } from '@tiphys/adapter-argo-api';
import type { Body } from '@tiphys/adapter-argo-api';

/** What other sites may do with the description: nothing but read it. */
const HEADERS = {
  'Content-Type': 'text/plain; charset=utf-8',
  'Content-Security-Policy': "frame-ancestors 'none'",
  'X-Frame-Options': 'DENY',
};

/** `/swagger.json`: the REST API as OpenAPI 2, made when it is first asked for. */
export class SwaggerPage {
  readonly #version: string;
  #body: Body | undefined;

  constructor(version: string) {
    this.#version = version;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume();
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return sendText(response, 405, 'Method Not Allowed', { Allow: 'GET, HEAD' });
    }
    this.#body ??= bodyOf(JSON.stringify(openApiDocument(this.#version)));
    await sendReply(request, response, { status: 200, headers: HEADERS, body: this.#body, gzip: true });
  }
}
