import type { RepoServerBackend } from '@tiphys/adapter-grpc';
import { TiphysError, type ErrorCode, type Repository } from '@tiphys/model';
import type { Logger } from '@tiphys/ports';

/** What the system says when this machine is at its end, in words that hold no path of it. */
const SYSTEM: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ENOSPC: ['resource-exhausted', 'the disk of the repo-server is full'],
  EDQUOT: ['resource-exhausted', 'the disk of the repo-server is full'],
  EMFILE: ['resource-exhausted', 'the repo-server has too many files open'],
  ENFILE: ['resource-exhausted', 'the machine of the repo-server has too many files open'],
  ENOMEM: ['resource-exhausted', 'the repo-server is out of memory'],
  EAGAIN: ['resource-exhausted', 'the repo-server cannot start more processes'],
  EROFS: ['failed-precondition', 'the work directory of the repo-server is read-only'],
};

/** Errors of the system as errors for users; all else as it is. */
export function explained(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof TiphysError || !('code' in error)) return error;
  const known = SYSTEM[String(error.code)];
  return known === undefined ? error : new TiphysError(...known, { cause: error });
}

/** True when a disk had no room left. */
export const isDiskFull = (error: unknown): boolean => {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOSPC' || code === 'EDQUOT';
};

/** A backend whose failures are logged and fit to leave the service. */
export function reporting(backend: RepoServerBackend, logger: Logger): RepoServerBackend {
  const watch = async <T>(request: string, repository: Repository, task: () => Promise<T>): Promise<T> => {
    try {
      return await task();
    } catch (thrown) {
      const error = explained(thrown);
      const fields = { request, repository: repository.url, error };
      if (error instanceof TiphysError && error.code !== 'internal') logger.info('request failed', fields);
      else logger.error('request failed by a fault of this service', fields);
      throw error;
    }
  };
  return {
    render: (request, signal) => watch('render', request.repository, () => backend.render(request, signal)),
    resolveRevision: (source, options) =>
      watch('resolveRevision', source.repository, () => backend.resolveRevision(source, options)),
    revisionMetadata: (source) =>
      watch('revisionMetadata', source.repository, () => backend.revisionMetadata(source)),
    hasChanges: (question) => watch('hasChanges', question.repository, () => backend.hasChanges(question)),
    testRepository: (repository) =>
      watch('testRepository', repository, () => backend.testRepository(repository)),
    verifyRevision: (source) =>
      watch('verifyRevision', source.repository, () => backend.verifyRevision(source)),
    listPlugins: () => backend.listPlugins(),
    listRefs: (repository) => watch('listRefs', repository, () => backend.listRefs(repository)),
    listCharts: (repository) => watch('listCharts', repository, () => backend.listCharts(repository)),
    listApps: (source) => watch('listApps', source.repository, () => backend.listApps(source)),
    artifactMetadata: (source) =>
      watch('artifactMetadata', source.repository, () => backend.artifactMetadata(source)),
    renderFiles: (request, files, signal) =>
      watch('renderFiles', request.repository, () => backend.renderFiles(request, files, signal)),
    listDirectories: (source) =>
      watch('listDirectories', source.repository, () => backend.listDirectories(source)),
    readFiles: (question) => watch('readFiles', question.repository, () => backend.readFiles(question)),
    appDetails: (request) => watch('appDetails', request.repository, () => backend.appDetails(request)),
  };
}
