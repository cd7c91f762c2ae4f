import { randomUUID } from 'node:crypto';
import { TiphysError, stringAt } from '@tiphys/model';
import type { AppProject, JsonObject, ProjectToken } from '@tiphys/model';
import { roleSubject } from '@tiphys/rbac';
import { lifetimeIn } from '../accounts/account-service.ts';
import type { Caller, Handlers } from '../api/handlers.ts';
import type { Access } from '../auth/access.ts';
import type { Claims } from '../auth/claims.ts';
import { denied } from '../auth/denials.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Renewal } from '../session/renewal.ts';
import type { ProjectStore } from './project-store.ts';
import { hasRole, roleTokens, withRoleTokens } from './role-tokens.ts';

export interface TokenServiceParts {
  readonly projects: ProjectStore;
  readonly access: Access;
  readonly renewal: Renewal;
  readonly events: EventLog;
}

interface RoleRef {
  readonly project: string;
  readonly role: string;
}

/** Tokens of the roles of projects. */
export class TokenService {
  readonly #parts: TokenServiceParts;

  constructor(parts: TokenServiceParts) {
    this.#parts = parts;
  }

  readonly handlers: Handlers = {
    unary: {
      '/project.ProjectService/CreateToken': (request, caller) => this.#create(request, caller),
      '/project.ProjectService/DeleteToken': (request, caller) => this.#delete(request, caller),
    },
  };

  async #create(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    const { projects, renewal, events } = this.#parts;
    const ref = refIn(request);
    this.#enforce(claims, ref);
    const id = stringAt(request, 'id') || randomUUID();
    const subject = roleSubject(ref.project, ref.role);
    const { token, iat, exp } = renewal.sign({ subject, id, seconds: lifetimeIn(request) });
    const made: ProjectToken = { iat, id, ...(exp === undefined ? {} : { exp }) };
    const written = await projects.change(ref.project, (current) => withToken(current, ref, made));
    await events.note(written, { reason: 'ResourceCreated', did: 'created token', claims });
    return { token };
  }

  async #delete(request: JsonObject, { claims }: Caller): Promise<JsonObject> {
    const { projects, events } = this.#parts;
    const ref = refIn(request);
    this.#enforce(claims, ref);
    const id = stringAt(request, 'id') ?? '';
    const iat = Number(request['iat'] ?? 0);
    const isMeant = (token: ProjectToken): boolean => (id === '' ? token.iat === iat : token.id === id);
    let found = false;
    const written = await projects.change(ref.project, (current) => {
      const tokens = roleTokens(current, ref.role);
      found = tokens.some(isMeant);
      const kept = tokens.filter((token) => !isMeant(token));
      return found ? withRoleTokens(current, ref.role, kept) : undefined;
    });
    if (found) await events.note(written, { reason: 'ResourceDeleted', did: 'deleted token', claims });
    return {};
  }

  /** Those who may update the project, and members of the role; others learn nothing, not even whether it exists. */
  #enforce(claims: Claims | undefined, { project, role }: RoleRef): void {
    const { access, projects } = this.#parts;
    if (access.allows(claims, 'projects', 'update', project)) return;
    const found = projects.find(project)?.spec.roles?.find(({ name }) => name === role);
    const isMember = claims?.groups.some((group) => found?.groups?.includes(group) === true) === true;
    if (!isMember) throw denied(claims, ['projects', 'update', project]);
  }
}

const refIn = (request: JsonObject): RoleRef => ({
  project: stringAt(request, 'project') ?? '',
  role: stringAt(request, 'role') ?? '',
});

function withToken(project: AppProject, { role, project: name }: RoleRef, made: ProjectToken): AppProject {
  if (!hasRole(project, role)) {
    throw new TiphysError('not-found', `project '${name}' does not have role '${role}'`);
  }
  const tokens = roleTokens(project, role);
  if (tokens.some(({ id }) => id === made.id)) {
    const why = `Token id '${made.id ?? ''}' has been used. `;
    throw new TiphysError('invalid', `rpc error: code = InvalidArgument desc = ${why}`);
  }
  return withRoleTokens(project, role, [...tokens, made]);
}
