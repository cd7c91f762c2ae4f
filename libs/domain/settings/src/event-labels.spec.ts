import { describe, expect, it } from 'vitest';
import type { AppProject, Application } from '@tiphys/model';
import { eventLabelsOf, parseEventLabels } from './event-labels.ts';

const labelled = (labels: Record<string, string>): Application => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'shop', labels },
  spec: { project: 'default', destination: {} },
});
const app = labelled({ team: 'web', 'example.com/tier': 'front', other: 'x' });
const project: AppProject = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AppProject',
  metadata: { name: 'default', labels: { team: 'of the project', cost: '7' } },
  spec: {},
};

describe('labels of events', () => {
  it.each([
    ['', '', {}],
    ['team', '', { team: 'web' }],
    ['*', 'other,example.com/*', { team: 'web', cost: '7' }],
    ['team, example.com/*', 'team', { 'example.com/tier': 'front' }],
  ])('included by %j and excluded by %j are %j', (include, exclude, labels) => {
    const settings = parseEventLabels({
      'resource.includeEventLabelKeys': include,
      'resource.excludeEventLabelKeys': exclude,
    });
    expect(eventLabelsOf(settings, app, project)).toEqual(labels);
  });

  it('need no project', () => {
    const settings = parseEventLabels({ 'resource.includeEventLabelKeys': '*' });
    expect(eventLabelsOf(settings, app, undefined)).toEqual(app.metadata.labels);
  });
});
