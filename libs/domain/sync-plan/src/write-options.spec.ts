import { annotations, type KubeObject } from '@tiphys/model';
import { describe, expect, it } from 'vitest';
import {
  createsNamespace,
  deletionOf,
  failsOnSharedResource,
  isAppliedOnServer,
  isForced,
  isPrunedLast,
  isReplaced,
  isTriedWithoutKind,
  isValidated,
  movesFieldsOfClientSideApply,
  needsApply,
  propagationOfPrune,
  pruningOf,
  respectsIgnoreDifferences,
  type AppSyncOptions,
} from './write-options.ts';

const object = (options: readonly string[]): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', annotations: { [annotations.syncOptions]: options.join(', ') } },
});
const bare = object([]);

type Read = (own: KubeObject, app: AppSyncOptions) => unknown;

/** An option, how it is read, and what is read where it is nowhere, on the Application, on the object. */
const table: readonly (readonly [string, Read, unknown, unknown, unknown])[] = [
  ['Validate=false', isValidated, true, false, false],
  ['SkipDryRunOnMissingResource=true', isTriedWithoutKind, false, true, true],
  ['CreateNamespace=true', (_own, app) => createsNamespace(app), false, true, false],
  [
    'PrunePropagationPolicy=foreground',
    (_own, app) => propagationOfPrune(app),
    'Foreground',
    'Foreground',
    'Foreground',
  ],
  [
    'PrunePropagationPolicy=background',
    (_own, app) => propagationOfPrune(app),
    'Foreground',
    'Background',
    'Foreground',
  ],
  [
    'PrunePropagationPolicy=orphan',
    (_own, app) => propagationOfPrune(app),
    'Foreground',
    'Orphan',
    'Foreground',
  ],
  ['PruneLast=true', isPrunedLast, false, true, true],
  ['Prune=false', pruningOf, 'allowed', 'refused', 'refused'],
  ['Prune=confirm', pruningOf, 'allowed', 'confirmed', 'confirmed'],
  ['Prune=true', pruningOf, 'allowed', 'allowed', 'allowed'],
  ['Delete=false', deletionOf, 'allowed', 'refused', 'refused'],
  ['Delete=confirm', deletionOf, 'allowed', 'confirmed', 'confirmed'],
  ['Replace=true', (target, app) => isReplaced({ target }, app), false, true, true],
  ['Replace=true', (live, app) => isReplaced({ target: bare, live }, app), false, true, true],
  ['Replace=false', (target, app) => isReplaced({ target }, app), false, false, false],
  ['Force=true', (target) => isForced({ target }, false), false, false, true],
  ['Force=true', (live) => isForced({ target: bare, live }, false), false, false, true],
  ['ServerSideApply=true', isAppliedOnServer, false, true, true],
  ['ServerSideApply=false', isAppliedOnServer, false, false, false],
  ['ApplyOutOfSyncOnly=true', (_own, app) => needsApply(synced, app), true, false, true],
  ['ApplyOutOfSyncOnly=false', (_own, app) => needsApply(synced, app), true, true, true],
  ['FailOnSharedResource=true', (_own, app) => failsOnSharedResource(app), false, true, false],
  ['RespectIgnoreDifferences=true', (_own, app) => respectsIgnoreDifferences(app), false, true, false],
  ['ClientSideApplyMigration=false', (_own, app) => movesFieldsOfClientSideApply(app), true, false, true],
  ['ClientSideApplyMigration=true', (_own, app) => movesFieldsOfClientSideApply(app), true, true, true],
];

const synced = { isSynced: true, hasLive: true, hasResult: false };

describe('sync options', () => {
  it.each(table)('%s', (...row) => {
    const [option, read, nowhere, onApplication, onObject] = row;
    expect({
      nowhere: read(bare, []),
      onApplication: read(bare, [option]),
      onObject: read(object([option]), []),
    }).toEqual({ nowhere, onApplication, onObject });
  });

  it.each<[string, unknown, unknown]>([
    [
      'the own ServerSideApply=false wins',
      isAppliedOnServer(object(['ServerSideApply=false']), ['ServerSideApply=true']),
      false,
    ],
    [
      'the own Prune=true wins over Prune=false',
      pruningOf(object(['Prune=true']), ['Prune=false']),
      'allowed',
    ],
    [
      'the own Prune=false wins over Prune=confirm',
      pruningOf(object(['Prune=false']), ['Prune=confirm']),
      'refused',
    ],
    [
      'Delete=confirm of the object wins',
      deletionOf(object(['Delete=confirm']), ['Delete=false']),
      'confirmed',
    ],
    ['a strategy forces', isForced({ target: bare }, true), true],
    [
      'other spellings are other options',
      isReplaced({ target: object(['replace=true']) }, ['REPLACE=TRUE']),
      false,
    ],
    ['several options and blanks', isValidated(object(['Prune=false', ' Validate=false ']), []), false],
    ['what is new is applied', needsApply({ ...synced, hasLive: false }, ['ApplyOutOfSyncOnly=true']), true],
    [
      'what differs is applied',
      needsApply({ ...synced, isSynced: false }, ['ApplyOutOfSyncOnly=true']),
      true,
    ],
    ['what was applied stays', needsApply({ ...synced, hasResult: true }, ['ApplyOutOfSyncOnly=true']), true],
  ])('%s', (_what, is, expected) => expect(is).toBe(expected));

  it('keeps what Helm is told to keep at a deletion, not at a prune', () => {
    const kept: KubeObject = { ...bare, metadata: { annotations: { 'helm.sh/resource-policy': 'keep' } } };
    expect([deletionOf(kept, []), pruningOf(kept, [])]).toEqual(['refused', 'allowed']);
  });
});
