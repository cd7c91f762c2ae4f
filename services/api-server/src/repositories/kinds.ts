import { secretNames } from '@tiphys/settings';
import { secretTypes } from '@tiphys/model';

/** The two families of repositories: those that are read from, and those that are pushed to. */
export interface RepositoryKind {
  readonly resource: 'repositories' | 'write-repositories';
  readonly repositoryType: string;
  readonly credentialType: string;
  repositoryName(url: string, project: string): string;
  credentialName(url: string): string;
}

export const repositoryKinds: Readonly<Record<'read' | 'write', RepositoryKind>> = {
  read: {
    resource: 'repositories',
    repositoryType: secretTypes.repository,
    credentialType: secretTypes.repoCreds,
    repositoryName: secretNames.repository,
    credentialName: secretNames.credentials,
  },
  write: {
    resource: 'write-repositories',
    repositoryType: secretTypes.repositoryWrite,
    credentialType: secretTypes.repoWriteCreds,
    repositoryName: secretNames.repositoryWrite,
    credentialName: secretNames.credentialsWrite,
  },
};
