import fc from 'fast-check';
import { describe } from 'vitest';
import { fuzz, hostileText } from '@tiphys/testing/fuzz';
import { readRequest } from './calls/request.ts';
import { arbitraryOf } from './codec/arbitrary.fixture.ts';
import { decodeJson, encodeJson, encodeProto, goText } from './codec/index.ts';
import { firstMessage, frame, timeoutMs } from './grpc/frames.ts';
import { tokenCookies, tokenCookieNames, tokenFromCookies } from './rest/cookie.ts';
import { parseFields } from './rest/fields.ts';
import { restRequest } from './rest/request.ts';
import { Router } from './rest/router.ts';
import { apiSchema } from './schema/load.ts';
import type { MethodShape } from './schema/shape.ts';

const methods = [...apiSchema().methods.values()];
const router = new Router(methods);
const method = fc.constantFrom(...methods);
const ofMethod = <T>(
  make: (chosen: MethodShape) => fc.Arbitrary<T>,
): fc.Arbitrary<readonly [MethodShape, T]> =>
  method.chain((chosen) => make(chosen).map((input) => [chosen, input] as const));

/** JSON of the right shape in which a few letters are wrong. */
const damagedJson = ofMethod((chosen) =>
  fc.tuple(arbitraryOf(chosen.request), fc.nat(), hostileText()).map(([value, at, piece]) => {
    const text = goText(value);
    const place = at % (text.length + 1);
    return text.slice(0, place) + piece + text.slice(place + piece.length);
  }),
);
/** A message of the right shape in which a few bytes are wrong. */
const damagedProto = ofMethod((chosen) =>
  fc
    .tuple(arbitraryOf(chosen.request), fc.nat(), fc.uint8Array({ maxLength: 8 }))
    .map(([value, at, piece]) => {
      const bytes = Buffer.from(encodeProto(chosen.request, value));
      const place = at % (bytes.length + 1);
      return Buffer.concat([bytes.subarray(0, place), piece, bytes.subarray(place + piece.length)]);
    }),
);

/** Without halves of letters, of which no address can be made. */
const wellFormed = (text: string): string => Buffer.from(text).toString('utf8');

describe('what comes in by the wire', () => {
  fuzz(
    'JSON of the gateway, any',
    ofMethod(() => fc.oneof(hostileText(), fc.json({ maxDepth: 6 }))),
    ([chosen, text]) => encodeJson(chosen.request, decodeJson(chosen.request, text) ?? {}),
  );
  fuzz('JSON of the gateway, damaged', damagedJson, ([chosen, text]) =>
    encodeJson(chosen.request, decodeJson(chosen.request, text) ?? {}),
  );
  fuzz(
    'messages of gRPC, any',
    ofMethod(() => fc.uint8Array({ maxLength: 300 })),
    ([chosen, bytes]) => encodeJson(chosen.request, readRequest(chosen, bytes)),
  );
  fuzz('messages of gRPC, damaged', damagedProto, ([chosen, bytes]) =>
    encodeJson(chosen.request, readRequest(chosen, bytes)),
  );
  fuzz(
    'frames of gRPC-web',
    fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .tuple(fc.nat({ max: 255 }), fc.uint8Array({ maxLength: 40 }))
        .map(([flag, bytes]) => frame(flag, bytes)),
    ),
    (bytes) => firstMessage(Buffer.from(bytes)),
  );
  fuzz('deadlines', hostileText(['1', '99999999', 'H', 'n']), (text) => timeoutMs(text));
});

describe('what comes in by REST', () => {
  const path = fc.oneof(
    hostileText(['/api/v1/applications', '/api/v1/clusters/', '/api/v1/repositories/', 'resource-tree']),
    fc
      .tuple(fc.constantFrom(...methods.flatMap(({ http }) => http.map((each) => each.path))), hostileText())
      .map(([template, piece]) => template.replaceAll(/\{[^}]*\}/g, encodeURIComponent(wellFormed(piece)))),
  );
  const verb = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE');
  const fields = methods.flatMap(({ request }) => request.fields.map(({ key }) => key));
  const query = hostileText([...new Set(fields)]);
  fuzz(
    'paths, queries and bodies',
    fc.tuple(verb, path, query, hostileText()),
    ([asked, at, search, body]) => {
      const found = router.find(asked, at);
      if (found.type === 'match') restRequest(found.match, new URLSearchParams(search), body);
    },
  );
  fuzz(
    'selections of fields',
    fc.tuple(hostileText(['items.', 'metadata', 'spec.', '-']), fc.object()),
    ([text, value]) =>
      parseFields(text)?.apply(value as Parameters<NonNullable<ReturnType<typeof parseFields>>['apply']>[0]),
  );
  fuzz('cookies', hostileText(['argocd.token=', 'argocd.token-1=', '3:', '99:', '; ']), (text) => [
    tokenFromCookies(text),
    tokenCookieNames(text),
  ]);
  fuzz('tokens that become cookies', hostileText(), (text) => {
    const parts = tokenCookies(text.replaceAll(/[^\w.-]/g, ''), { path: '/', secure: true });
    return parts.map((part) => part.split(';')[0]);
  });
});
