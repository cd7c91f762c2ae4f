import type { JsonObject, KubeObject } from '@tiphys/model';

/** What a user may do to an object of a kind, as the API lists it. Fields that say nothing are absent. */
export interface ResourceAction {
  readonly name: string;
  readonly params?: readonly { readonly name: string }[];
  readonly disabled?: boolean;
  readonly iconClass?: string;
  readonly displayName?: string;
}

/** What an action changes: the object itself as it shall be, or an object that shall come to be. */
export interface Impact {
  readonly operation: 'patch' | 'create';
  readonly object: KubeObject;
}

/** What a run of an action is given. */
export interface ActionContext {
  readonly now: Date;
  readonly params: Readonly<Record<string, string>>;
}

/** One built-in action of a kind. */
export interface ActionRule extends Omit<ResourceAction, 'disabled' | 'params' | 'displayName'> {
  /** How a user sees it; may follow from the object. Default its name. */
  readonly displayName?: string | ((object: JsonObject) => string);
  readonly params?: readonly string[];
  /** Whether it makes no sense as the object is now; it can be run nonetheless. Default: it always makes sense. */
  readonly isDisabled?: (object: JsonObject) => boolean;
  /** `invalid` where a parameter is missing or is none. */
  readonly run: (object: JsonObject, context: ActionContext) => readonly Impact[];
}

/** Built-in actions by `group/Kind`. */
export type ActionTable = Readonly<Record<string, readonly ActionRule[]>>;
