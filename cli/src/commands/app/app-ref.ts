import type { AppRef } from '../../api/applications.ts';
import { qualifiedName, type App } from '../../api/schemas/application.ts';
import { Failure } from '../../program/failure.ts';

/** Reads `name` or `namespace/name`; a namespace given apart must not contradict. */
export function parseAppRef(text: string, namespace: string | undefined): AppRef {
  const [first = '', second, ...rest] = text.split('/');
  if (rest.length > 0 || first === '' || second === '')
    throw new Failure(`'${text}' is not the name of an application.`, {
      hints: ['Give it as NAME or NAMESPACE/NAME.'],
    });
  if (second === undefined) return namespace === undefined ? { name: first } : { name: first, namespace };
  if (namespace !== undefined && namespace !== first)
    throw new Failure(`'${text}' is not in the namespace ${namespace}.`);
  return { name: second, namespace: first };
}

/** An application with the name under which the user asked for it. */
export interface NamedRef {
  readonly ref: AppRef;
  readonly shown: string;
}

export const namedRef = (text: string, namespace: string | undefined): NamedRef => ({
  ref: parseAppRef(text, namespace),
  shown: text,
});

export const namedRefOf = (app: App): NamedRef => ({
  ref: {
    name: app.metadata.name,
    ...(app.metadata.namespace ? { namespace: app.metadata.namespace } : {}),
  },
  shown: qualifiedName(app),
});
