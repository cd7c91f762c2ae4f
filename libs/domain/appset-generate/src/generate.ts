import { API_VERSION, TiphysError, finalizers, isJsonObject } from '@tiphys/model';
import type { Application, ApplicationSet, JsonObject, JsonValue } from '@tiphys/model';
import { applyJsonMergePatch } from '@tiphys/merge';
import { parseYamlDocuments } from '@tiphys/yaml';
import { dialectOf, paramsOf } from './expand.ts';
import type { GeneratorInputs, Params } from './inputs.ts';
import { isUnset } from './params.ts';
import { renderTexts, renderTree } from './templates/render.ts';

/**
 * The Applications of an ApplicationSet, in the order of its generators.
 * @throws TiphysError `invalid` for what the ApplicationSet has wrong, `unimplemented` naming a kind of generator that
 * is not served, and whatever the inputs reject with: then nothing is known of its Applications.
 */
export async function generateApplications(
  appset: ApplicationSet,
  inputs: GeneratorInputs,
): Promise<readonly Application[]> {
  const applications: Application[] = [];
  for (const generator of appset.spec.generators) {
    const template = templateFor(generator, appset);
    for (const params of await paramsOf(generator, appset, inputs)) {
      applications.push(await applicationOf(template, params, { appset, inputs }));
    }
  }
  return applications;
}

/** The template of a generator, with what it leaves out taken from that of the ApplicationSet. */
function templateFor(generator: JsonObject, { spec }: ApplicationSet): JsonObject {
  const common = spec.template as unknown as JsonObject;
  const own = Object.values(generator)
    .map((body) => (isJsonObject(body) ? body['template'] : undefined))
    .find(isJsonObject);
  return own === undefined ? common : filled(own, common);
}

/** What is unset is taken from the other, level by level. */
function filled(own: JsonObject, from: JsonObject): JsonObject {
  const keys = new Set([...Object.keys(from), ...Object.keys(own)]);
  return Object.fromEntries(
    [...keys].map((key): readonly [string, JsonValue | undefined] => {
      const [mine, theirs] = [own[key], from[key]];
      if (isJsonObject(mine) && isJsonObject(theirs)) return [key, filled(mine, theirs)];
      return [key, isUnset(mine) && theirs !== undefined ? theirs : mine];
    }),
  );
}

interface Origin {
  readonly appset: ApplicationSet;
  readonly inputs: GeneratorInputs;
}

async function applicationOf(template: JsonObject, params: Params, origin: Origin): Promise<Application> {
  const { appset, inputs } = origin;
  const rendered = (await renderTree(template, params, dialectOf(appset, inputs))) as JsonObject;
  const { namespace } = appset.metadata;
  const given = isJsonObject(rendered['metadata']) ? rendered['metadata'] : {};
  const { namespace: _elsewhere, ...metadata } = given;
  const app = {
    apiVersion: API_VERSION,
    kind: 'Application',
    metadata: withoutUnset({
      ...metadata,
      ...(namespace === undefined ? {} : { namespace }),
      finalizers: finalizersOf(given['finalizers'], appset),
    }),
    spec: rendered['spec'] ?? {},
  };
  return (await patched(app, params, origin)) as unknown as Application;
}

/** Applications are deleted with what they manage, unless the ApplicationSet says otherwise. */
function finalizersOf(given: JsonValue | undefined, { spec }: ApplicationSet): JsonValue {
  if (Array.isArray(given) && given.length > 0) return given as readonly JsonValue[];
  return spec.syncPolicy?.preserveResourcesOnDeletion === true ? [] : [finalizers.resources];
}

const withoutUnset = (object: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => !isUnset(value)));

/** Lays the patch over an Application. It may change all but the project, which rights hang on. */
async function patched(app: JsonObject, params: Params, { appset, inputs }: Origin): Promise<JsonObject> {
  const text = appset.spec.templatePatch ?? '';
  if (text === '' || appset.spec.goTemplate !== true) return app;
  const [rendered = ''] = await renderTexts([text], params, dialectOf(appset, inputs));
  const [patch] = parseYamlDocuments(rendered, { file: 'templatePatch' });
  if (patch === undefined || patch === null) return app;
  if (!isJsonObject(patch)) throw new TiphysError('invalid', 'templatePatch must be an object');
  const result = applyJsonMergePatch(app, patch);
  const { metadata, spec } = isJsonObject(result) ? result : {};
  const before = app['spec'] as JsonObject;
  const name = (app['metadata'] as JsonObject)['namespace'];
  return {
    ...app,
    metadata: {
      ...(isJsonObject(metadata) ? metadata : {}),
      ...(name === undefined ? {} : { namespace: name }),
    },
    spec: { ...(isJsonObject(spec) ? spec : {}), project: before['project'] },
  };
}
