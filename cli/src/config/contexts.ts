import { Failure } from '../program/failure.ts';
import type { Config, ServerEntry, UserEntry } from './schema.ts';

export interface ResolvedContext {
  readonly name: string;
  readonly server: ServerEntry;
  readonly user: UserEntry;
}

export interface Login {
  readonly context: string;
  readonly server: ServerEntry;
  readonly token: string;
  /** Of a session that began at an identity provider. */
  readonly refreshToken?: string | undefined;
}

const replaced = <T>(list: readonly T[], item: T, isSame: (other: T) => boolean): T[] =>
  list.some(isSame) ? list.map((other) => (isSame(other) ? item : other)) : [...list, item];

/** The configuration after a login: context, server and user are added or replaced, and the context is current. */
export function withLogin(config: Config, { context, server, token, refreshToken }: Login): Config {
  const user: UserEntry = {
    'auth-token': token,
    name: context,
    ...(refreshToken === undefined ? {} : { 'refresh-token': refreshToken }),
  };
  const ref = { name: context, server: server.server, user: context };
  return {
    ...config,
    contexts: replaced(config.contexts, ref, ({ name }) => name === context),
    servers: replaced(config.servers, server, (other) => other.server === server.server),
    users: replaced(config.users, user, ({ name }) => name === context),
    'current-context': context,
  };
}

/** The configuration after a logout: the user of the context has no tokens any more. */
export function withoutTokens(config: Config, context: string): Config {
  const { user } = refOf(config, context);
  return { ...config, users: config.users.map((entry) => (entry.name === user ? { name: user } : entry)) };
}

/** The configuration without a context; its server and user go with it where no other context needs them. */
export function withoutContext(config: Config, context: string): Config {
  const gone = refOf(config, context);
  const contexts = config.contexts.filter(({ name }) => name !== context);
  return {
    ...config,
    contexts,
    servers: config.servers.filter(
      ({ server }) => server !== gone.server || contexts.some((ref) => ref.server === server),
    ),
    users: config.users.filter(({ name }) => name !== gone.user || contexts.some((ref) => ref.user === name)),
    'current-context': config['current-context'] === context ? '' : config['current-context'],
  };
}

/** The configuration with another current context. */
export const withCurrent = (config: Config, context: string): Config => ({
  ...config,
  'current-context': refOf(config, context).name,
});

/** A context with its server and user; undefined where none is asked for and none is current. */
export function resolveContext(config: Config, asked: string | undefined): ResolvedContext | undefined {
  const name = asked ?? config['current-context'];
  if (name === '') return undefined;
  const ref = refOf(config, name);
  const server = config.servers.find((entry) => entry.server === ref.server);
  const user = config.users.find((entry) => entry.name === ref.user);
  if (server !== undefined) return { name, server, user: user ?? { name: ref.user } };
  throw new Failure(
    `Context '${name}' names the server ${ref.server}, which the configuration does not hold.`,
    {
      hints: [`tiphys login ${ref.server} --name ${name}`],
    },
  );
}

function refOf(config: Config, name: string): Config['contexts'][number] {
  const ref = config.contexts.find((entry) => entry.name === name);
  if (ref !== undefined) return ref;
  const known = config.contexts.map((entry) => entry.name).join(', ');
  throw new Failure(`Context '${name}' undefined`, {
    hints: [known === '' ? 'There are no contexts: tiphys login SERVER makes one.' : `Contexts: ${known}`],
  });
}
