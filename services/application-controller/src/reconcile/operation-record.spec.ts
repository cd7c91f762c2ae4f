import { describe, expect, it } from 'vitest';
import type { Application, OperationPhase, OperationState } from '@tiphys/model';
import type { AppChange } from '../store/app-writer.ts';
import { OperationRecord } from './operation-record.ts';

const running: OperationState = {
  phase: 'Running',
  startedAt: '2026-01-01T00:00:00Z',
  operation: { sync: { revision: 'r1' } },
  message: 'waiting for healthy state of apps/Deployment/web',
};

/** An API server with one Application: a write changes the status, of whose phase somebody else may have written. */
function apiWith(phase: OperationPhase = 'Running') {
  let app: Application = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'web' },
    spec: { project: 'default', destination: {} },
    status: { operationState: { ...running, phase } },
  };
  return {
    app: () => app,
    phase: () => app.status?.operationState?.phase,
    /** As the API does it that terminates operations. */
    terminate: () => {
      app = { ...app, status: { ...app.status, operationState: { ...running, phase: 'Terminating' } } };
    },
    write: (before: Application, { status }: AppChange): Promise<Application> => {
      const asked = status?.operationState;
      const isPhaseSame = asked?.phase === before.status?.operationState?.phase;
      const kept = isPhaseSame ? app.status?.operationState?.phase : asked?.phase;
      const operationState = asked && { ...asked, phase: kept ?? asked.phase };
      app = { ...app, status: { ...app.status, ...(operationState && { operationState }) } };
      return Promise.resolve(app);
    },
  };
}

describe('the record of an operation', () => {
  it('keeps an end that somebody asked for between two of its writes', async () => {
    const api = apiWith();
    const record = new OperationRecord(api, api.app());
    api.terminate();
    await record.persist({ ...running, message: 'waiting for hooks' });
    expect(record.isStopped).toBe(true);
    await record.persist({ ...running, message: 'waiting for more hooks' });
    expect(api.phase()).toBe('Terminating');
    expect(api.app().status?.operationState?.message).toBe('waiting for more hooks');
  });

  it('goes on where nobody did', async () => {
    const api = apiWith();
    const record = new OperationRecord(api, api.app());
    await record.persist({ ...running, retryCount: 1 });
    expect(record.isStopped).toBe(false);
    expect(api.app().status?.operationState).toMatchObject({ phase: 'Running', retryCount: 1 });
  });

  it('writes nothing more once the Application is gone', async () => {
    const api = apiWith();
    const record = new OperationRecord({ write: () => Promise.resolve(undefined) }, api.app());
    await record.persist(running);
    expect(record.app).toBeUndefined();
    await record.persist({ ...running, message: 'later' });
    expect(record.isStopped).toBe(false);
  });
});
