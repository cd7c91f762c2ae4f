import { isJsonObject, numberAt, stringAt, type JsonObject, type JsonValue } from '@tiphys/model';
import { defineCommand } from '../../../program/definition.ts';
import { secondsOf, timeOf } from '../../lifetime.ts';

export const command = defineCommand({
  usage: 'PROJECT ROLE-NAME',
  args: { min: 2, max: 2 },
  description: 'Makes a token of a role, for programs. It is shown once.',
  flags: {
    'expires-in': {
      kind: 'text',
      short: 'e',
      describe: 'How long it lives, such as 24h or 7d (default: for ever)',
    },
    id: { kind: 'text', short: 'i', describe: 'Id of the token (default: a new one)' },
    'token-only': { kind: 'switch', short: 't', describe: 'Print the token and nothing else' },
  },
  examples: [{ what: 'A token for a day', line: 'tiphys proj role create-token team-a ci -e 24h' }],
  async run({ connect, out }, { args: [project = '', role = ''], flags }) {
    const expiresIn = secondsOf(flags['expires-in'], 'expires-in');
    const { projects } = await connect();
    const token = await projects.createToken({ project, role }, { expiresIn, id: flags.id ?? '' });
    if (flags['token-only']) out.line(token);
    else for (const line of described(token)) out.line(line);
    return 0;
  },
});

function described(token: string): readonly string[] {
  const claims = claimsOf(token);
  const expires = numberAt(claims, 'exp');
  return [
    `Create token succeeded for ${stringAt(claims, 'sub') ?? ''}.`,
    `  ID: ${stringAt(claims, 'jti') ?? ''}`,
    `  Issued At: ${shown(claims['iat'])}`,
    `  Expires At: ${expires === undefined && claims['exp'] === undefined ? 'Never' : shown(claims['exp'])}`,
    `  Token: ${token}`,
  ];
}

const shown = (time: JsonValue | undefined): string =>
  typeof time === 'number' ? timeOf(time) : typeof time === 'string' ? time : '';

function claimsOf(token: string): JsonObject {
  try {
    const value: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
