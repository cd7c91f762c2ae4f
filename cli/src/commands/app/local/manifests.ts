import type { Api } from '../../../api/api.ts';
import type { AppRef } from '../../../api/applications.ts';
import type { App } from '../../../api/schemas/application.ts';
import { archiveOf, type LocalFiles } from './archive.ts';

export interface LocalRender {
  readonly app: App;
  readonly ref: AppRef;
  readonly files: LocalFiles;
}

/** What the server makes of local files, with the settings of the application; values of Secrets are masked. */
export async function localManifests(api: Api, { app, ref, files }: LocalRender): Promise<readonly string[]> {
  return await api.applications.manifestsOfFiles(ref, app.spec.project ?? '', await archiveOf(app, files));
}
