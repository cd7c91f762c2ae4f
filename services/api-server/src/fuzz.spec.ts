import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mistakesInProject } from '@tiphys/project-policy';
import { Rbac, parsePolicy, parseRoleSubject, readRbacSettings } from '@tiphys/rbac';
import { redact } from '@tiphys/runtime/logging';
import { fuzz, hostileText } from '@tiphys/testing/fuzz';
import { parseTrackingId } from '@tiphys/tracking';
import { accountsIn } from './accounts/account.ts';
import { positionIn } from './applications/listing/continue-token.ts';
import { parseSelector } from './applications/selector.ts';
import { objectOf } from './audit/object-of.ts';
import { verifyToken } from './auth/token.ts';
import { hostKeysIn, isHostKey, withHostKeys } from './certificates/known-hosts.ts';
import { certificatesIn } from './certificates/tls-certificates.ts';
import { assertUsableServer } from './clusters/cluster-address.ts';
import { armoured } from './gpg/armor.ts';
import { packetsIn } from './gpg/packets.ts';
import { publicKeysIn } from './gpg/public-key.ts';
import { assertUsable, unescaped } from './repositories/repo-address.ts';
import { readYaml } from './settings/server-settings.ts';
import { readFrame } from './terminal/frames.ts';
import { readTarget } from './terminal/target.ts';

const KEY = 'a-key-that-nobody-knows';
const part = fc.oneof(
  hostileText(['eyJ', 'HS256']).map((text) => Buffer.from(text).toString('base64url')),
  fc.json().map((text) => Buffer.from(text).toString('base64url')),
  fc
    .record({ alg: fc.constantFrom('HS256', 'none', '', '__proto__', null, 7), typ: fc.anything() })
    .map((header) => Buffer.from(JSON.stringify(header)).toString('base64url')),
  hostileText(),
);

describe('who comes in', () => {
  fuzz('tokens', fc.array(part, { maxLength: 5 }), (parts) => {
    expect(() => verifyToken(parts.join('.'), KEY, 1_000)).toThrow(
      expect.objectContaining({ code: 'unauthenticated' }),
    );
  });
  fuzz(
    'accounts',
    fc.dictionary(
      hostileText(['accounts.', '.enabled', '.tokens', 'login', 'apiKey']),
      hostileText(['[', '{"id":"x"}']),
    ),
    (data) => accountsIn(data, data),
  );
  fuzz('subjects of roles', hostileText(['proj:', 'a:b']), (text) => parseRoleSubject(text));
});

describe('what they may do', () => {
  const csv = hostileText([
    'p, ',
    'g, ',
    'role:admin',
    'applications',
    'get',
    'allow',
    'deny',
    'proj:a:ci',
    '\n',
    '*/*',
  ]);
  fuzz('policies', csv, (text) => parsePolicy(text, 'policy.csv'));
  fuzz('settings of rights', fc.tuple(csv, hostileText(['- ', 'groups'])), ([text, scopes]) => {
    const { settings } = readRbacSettings({ 'policy.csv': text, scopes: scopes }, readYaml);
    const rbac = new Rbac({ settings, projectOf: () => undefined, onMistakes: () => undefined });
    rbac.allows(
      { subject: text.slice(0, 20), groups: [text] },
      { resource: 'applications', action: 'get', object: text },
    );
  });
  fuzz('roles of projects', fc.tuple(hostileText(), fc.array(csv, { maxLength: 3 })), ([name, policies]) =>
    mistakesInProject({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name: 'a' },
      spec: { roles: [{ name, policies }] },
    }),
  );
});

describe('what they ask for', () => {
  fuzz('selectors of labels', hostileText(['a in (', 'b notin (', 'x=y', '(,', ',)']), (text) =>
    parseSelector(text)({ a: 'b' }),
  );
  fuzz('tokens of pages', hostileText(['WzEs']), (text) => positionIn(text, 'q'));
  fuzz('marks of objects', hostileText(['app:', 'apps/Deployment:', 'ns/name']), (text) =>
    parseTrackingId(text),
  );
  fuzz('addresses of repositories', hostileText(['https://', 'ssh://', 'git@', '.git', '%2F']), (text) =>
    assertUsable(unescaped(text)),
  );
  fuzz('addresses of clusters', hostileText(['https://', '[::', ']:', '169.254.']), (text) =>
    assertUsableServer(text),
  );
  fuzz('frames of terminals', fc.oneof(hostileText(['{"operation":"stdin","data":"']), fc.json()), (text) =>
    readFrame(text),
  );
  fuzz(
    'targets of terminals',
    hostileText(['pod=', '&container=', '&appName=', '&namespace=', '&projectName=']),
    (text) => readTarget(new URLSearchParams(text)),
  );
  fuzz('names in requests', fc.object(), (value) => objectOf(value as Parameters<typeof objectOf>[0]));
});

describe('what they bring', () => {
  const line = hostileText([
    'ssh-ed25519 ',
    'ssh-rsa ',
    'AAAAC3Nz',
    '|1|',
    '@cert-authority ',
    '[host]:22 ',
    '\n',
  ]);
  fuzz('known hosts', line, (text) => {
    const keys = hostKeysIn(text);
    return withHostKeys(text, keys.filter(isHostKey));
  });
  fuzz(
    'certificates',
    hostileText(['-----BEGIN CERTIFICATE-----\n', '\n-----END CERTIFICATE-----\n', 'MIIB']),
    (text) => certificatesIn(text),
  );
  fuzz(
    'armour of OpenPGP',
    hostileText([
      '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n',
      '\n-----END PGP PUBLIC KEY BLOCK-----',
      '=abcd',
      'mQEN',
    ]),
    (text) => publicKeysIn(text),
  );
  fuzz('packets of OpenPGP', fc.uint8Array({ maxLength: 200 }), (bytes) => {
    const buffer = Buffer.from(bytes);
    packetsIn(buffer);
    publicKeysIn(armoured(buffer));
  });
});

describe('what is written of it', () => {
  fuzz(
    'the redactor',
    hostileText(['https://', 'u:p@', 'Bearer ', 'eyJ', '.eyJ', '-----BEGIN PRIVATE KEY-----', 'a.b.']),
    (text) => redact({ text, list: [text] }),
  );

  it('holds no secret, whatever stands around it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme-ascii', maxLength: 20 }),
        fc.string({ unit: 'grapheme-ascii', maxLength: 20 }),
        (before, after) => {
          const text = `${before} https://user:canary4711@host/${after} -- Bearer canary4711canary ${after}`;
          expect(JSON.stringify(redact({ text }))).not.toContain('canary4711');
        },
      ),
    );
  });
});
