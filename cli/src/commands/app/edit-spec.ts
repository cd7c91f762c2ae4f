import { jsonEqual } from '@tiphys/merge';
import type { JsonObject } from '@tiphys/model';
import type { App } from '../../api/schemas/application.ts';
import type { Invocation } from '../../program/invocation.ts';
import { parseAppRef } from './app-ref.ts';

export interface SpecEdit {
  readonly name: string;
  readonly namespace: string | undefined;
  /** Whether the server is to render the sources before it takes the spec. */
  readonly validate: boolean;
  readonly change: (spec: JsonObject, app: App) => JsonObject;
}

/** Reads an application and writes its spec back changed; true where there was something to write. */
export async function editSpec(
  { connect }: Invocation,
  { name, namespace, validate, change }: SpecEdit,
): Promise<boolean> {
  const { applications } = await connect();
  const ref = parseAppRef(name, namespace);
  const app = await applications.get(ref);
  const before = app.spec as unknown as JsonObject;
  const after = change(before, app);
  if (jsonEqual(before, after)) return false;
  await applications.updateSpec(ref, after, validate);
  return true;
}
