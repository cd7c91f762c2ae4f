import type { JsonObject } from '@tiphys/model';
import type { Destination } from '@tiphys/notify-rules';
import type { Settings } from './settings/settings.ts';

/** What triggers see; templates see the destination as well. `time`, `strings` and `repo` come from the Go side. */
export function variablesOf(app: JsonObject, settings: Settings, destination?: Destination): JsonObject {
  const service = destination?.service ?? '';
  return {
    app,
    context: { notificationType: service, ...settings.context },
    secrets: Object.fromEntries(settings.secrets),
    ...(destination === undefined ? {} : { serviceType: service, recipient: destination.recipient }),
  };
}
