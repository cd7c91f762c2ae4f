import { callRest, isSuccess } from './rest.ts';
import {
  projectSchema,
  sessionSchema,
  settingsSchema,
  versionSchema,
  type ServerSettings,
  type ServerVersion,
} from './schemas/server.ts';
import type { Transport } from './transport.ts';

/** What a server offers beside its applications. */
export class ServerApi {
  private readonly transport: Transport;

  constructor(transport: Transport) {
    this.transport = transport;
  }

  version(): Promise<ServerVersion> {
    return callRest(this.transport, { method: 'GET', path: '/api/version', schema: versionSchema });
  }

  /** A token for a user name and its password. */
  async createSession(username: string, password: string): Promise<string> {
    const { token } = await callRest(this.transport, {
      method: 'POST',
      path: '/api/v1/session',
      body: { username, password },
      schema: sessionSchema,
    });
    return token;
  }

  /** Ends the session of the token on the server. True where the server did so. */
  async revokeSession(): Promise<boolean> {
    const { token } = this.transport.target;
    if (token === undefined) return false;
    const cookie = `argocd.token=${token}`;
    const response = await this.transport.send({ method: 'POST', path: '/auth/logout', headers: { cookie } });
    response.resume();
    return isSuccess(response) || response.statusCode === 303;
  }

  /** The address that users see, or undefined where none is set. */
  async publicUrl(): Promise<string | undefined> {
    return (await this.settings()).url ?? undefined;
  }

  /** What the server tells everybody about itself. */
  settings(): Promise<ServerSettings> {
    return callRest(this.transport, { method: 'GET', path: '/api/v1/settings', schema: settingsSchema });
  }

  /** True where the project limits when its applications may be synced. */
  async hasSyncWindows(project: string): Promise<boolean> {
    const { spec } = await callRest(this.transport, {
      method: 'GET',
      path: `/api/v1/projects/${encodeURIComponent(project)}`,
      schema: projectSchema,
    });
    return (spec?.syncWindows ?? []).length > 0;
  }
}
