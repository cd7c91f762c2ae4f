import { TiphysError, asJson, groupOf } from '@tiphys/model';
import type { KubeObject } from '@tiphys/model';
import {
  actionsOfScript,
  builtInAction,
  builtInActions,
  impactsOfScript,
  mergedActions,
  sortedActions,
} from '@tiphys/actions';
import type { ActionContext, Impact, ResourceAction } from '@tiphys/actions';
import type { LuaOutcome, LuaRunner } from '@tiphys/ports';
import { actionScriptsOf } from '@tiphys/settings';
import type { ActionScripts, ScriptSettings } from '@tiphys/settings';

/** The actions of objects: the built-in ones of their kinds, and those that the settings define. */
export class KindActions {
  readonly #lua: LuaRunner;
  readonly #scripts: () => ScriptSettings;

  constructor(lua: LuaRunner, scripts: () => ScriptSettings) {
    this.#lua = lua;
    this.#scripts = scripts;
  }

  /** By name. A kind with scripts of its own has the built-in actions only where they are merged. */
  async list(object: KubeObject): Promise<readonly ResourceAction[]> {
    const scripts = this.#scriptsOf(object);
    if (scripts === undefined) return sortedActions(builtInActions(object));
    const own = await this.#discovered(scripts, object);
    return sortedActions(scripts.mergeBuiltinActions ? mergedActions(own, builtInActions(object)) : own);
  }

  /**
   * What an action wants changed. Errors: `unknown` where there is no such action or its script fails, `invalid` for
   * parameters that are none.
   */
  async run(object: KubeObject, action: string, context: ActionContext): Promise<readonly Impact[]> {
    const scripts = this.#scriptsOf(object);
    const script = scripts?.definitions.find(({ name }) => name === action)?.script;
    if (scripts !== undefined && script !== undefined) {
      const [outcome] = await this.#lua.run([
        { script, object, openLibs: scripts.openLibs, params: context.params },
      ]);
      return impactsOfScript(valueOf(outcome, 'error executing Lua resource action'));
    }
    const rule = builtInAction(object, action);
    if (rule === undefined)
      throw new TiphysError('unknown', 'error getting Lua resource action: built-in script does not exist');
    return rule.run(asJson(object), context);
  }

  async #discovered(
    { discovery, openLibs }: ActionScripts,
    object: KubeObject,
  ): Promise<readonly ResourceAction[]> {
    if (discovery.trim() === '') return [];
    const [outcome] = await this.#lua.run([{ script: discovery, object, openLibs }]);
    return actionsOfScript(valueOf(outcome, 'error executing Lua discovery script'));
  }

  #scriptsOf({ apiVersion, kind }: KubeObject): ActionScripts | undefined {
    return actionScriptsOf(this.#scripts(), { group: groupOf(apiVersion), kind });
  }
}

type Value = Extract<LuaOutcome, { readonly type: 'value' }>;

function valueOf(outcome: LuaOutcome | undefined, what: string): Value {
  if (outcome?.type === 'value') return outcome;
  throw new TiphysError('unknown', `${what}: ${outcome?.message ?? 'no answer'}`);
}
