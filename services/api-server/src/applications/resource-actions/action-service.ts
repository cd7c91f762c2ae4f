import { arrayAt, stringAt } from '@tiphys/model';
import type { Application, JsonObject } from '@tiphys/model';
import type { Clock } from '@tiphys/ports';
import type { Caller, Handlers } from '../../api/handlers.ts';
import type { Access } from '../../auth/access.ts';
import { hidden } from '../../auth/denials.ts';
import { refIn } from '../finder.ts';
import type { AppFinder } from '../finder.ts';
import type { AppResources } from './app-resources.ts';
import { writeImpacts } from './impact-writer.ts';
import type { KindActions } from './kind-actions.ts';

export interface ActionServiceParts {
  readonly finder: AppFinder;
  readonly access: Access;
  readonly resources: AppResources;
  readonly actions: KindActions;
  readonly clock: Clock;
}

/** Lists and runs what can be done to the objects of Applications. */
export class ActionService {
  readonly #parts: ActionServiceParts;

  constructor(parts: ActionServiceParts) {
    this.#parts = parts;
  }

  readonly handlers: Handlers = {
    unary: {
      '/application.ApplicationService/ListResourceActions': (request, caller) => this.#list(request, caller),
      '/application.ApplicationService/RunResourceAction': (request, caller) => this.#run(request, caller),
      '/application.ApplicationService/RunResourceActionV2': (request, caller) => this.#run(request, caller),
    },
  };

  async #list(request: JsonObject, { claims, call }: Caller): Promise<JsonObject> {
    const { finder, resources, actions } = this.#parts;
    const app = finder.find(claims, refIn(request));
    const { object } = await resources.find(app, request, call.signal);
    const list = await actions.list(object);
    return list.length === 0 ? {} : { actions: list as unknown as JsonObject[] };
  }

  async #run(request: JsonObject, { claims, call }: Caller): Promise<JsonObject> {
    const { finder, resources, actions, clock } = this.#parts;
    const app = finder.find(claims, refIn(request));
    const action = stringAt(request, 'action') ?? '';
    this.#authorize(app, request, { claims, call });
    const found = await resources.find(app, request, call.signal);
    const context = { now: new Date(clock.now()), params: paramsOf(request) };
    await writeImpacts(found, await actions.run(found.object, action, context));
    return {};
  }

  #authorize(app: Application, request: JsonObject, { claims }: Caller): void {
    const part = (key: string): string => stringAt(request, key) ?? '';
    const verb = `action/${part('group')}/${part('kind')}/${part('action')}` as const;
    const { access, finder } = this.#parts;
    if (!access.allows(claims, 'applications', verb, finder.rbacNameOf(app))) throw hidden();
  }
}

const paramsOf = (request: JsonObject): Readonly<Record<string, string>> =>
  Object.fromEntries(
    arrayAt(request, 'resourceActionParameters').map((param) => [
      stringAt(param, 'name') ?? '',
      stringAt(param, 'value') ?? '',
    ]),
  );
