import { type HealthStatus, type JsonObject } from '@tiphys/model';
import { conditionOf, conditionsOf } from '../../conditions.ts';
import { byPhase, messageAt } from '../../phase.ts';
import { degraded, healthy, progressing, type RulesByKind } from '../../rule.ts';
import { rolloutHealth } from './rollout.ts';

const said = messageAt('status', 'message');

const workflow = byPhase({
  phases: {
    Pending: ['Progressing', said],
    Running: ['Progressing', said],
    Succeeded: ['Healthy', said],
    Failed: ['Degraded', said],
    Error: ['Degraded', said],
  },
  absent: ['Progressing', said],
  otherwise: ['Unknown', said],
});

const analysisRun = byPhase({
  phases: {
    Pending: ['Progressing', 'Analysis run is running'],
    Running: ['Progressing', 'Analysis run is running'],
    Successful: ['Healthy', 'Analysis run completed successfully'],
    Failed: ['Degraded', 'Analysis run failed'],
    Error: ['Degraded', 'Analysis run had an error'],
    Inconclusive: ['Unknown', 'Analysis run was inconclusive'],
  },
  absent: ['Progressing', 'Waiting for analysis run to finish: status has not been reconciled.'],
  otherwise: ['Unknown', said],
});

const experiment = byPhase({
  phases: {
    Pending: ['Progressing', 'Experiment is pending'],
    Running: ['Progressing', 'Experiment is running'],
    Successful: ['Healthy', 'Experiment is successful'],
    Failed: ['Degraded', 'Experiment has failed'],
    Error: ['Degraded', 'Experiment had an error'],
  },
  absent: ['Progressing', 'Waiting for experiment to finish: status has not been reconciled.'],
  otherwise: ['Unknown', said],
});

/** An ApplicationSet by its error, then by whether its Applications are as generated. */
function applicationSet(object: JsonObject): HealthStatus {
  const error = conditionOf(object, 'ErrorOccurred');
  if (error?.status === 'True') return degraded(error.message);
  const upToDate = conditionOf(object, 'ResourcesUpToDate');
  if (upToDate?.status === 'False') return degraded(upToDate.message);
  const rollout = conditionOf(object, 'RolloutProgressing');
  if (rollout?.status === 'True') return progressing(rollout.message);
  if (upToDate?.status === 'True') return healthy(upToDate.message);
  return progressing('Waiting for the status to be reported');
}

/** A CronWorkflow that can be started and has nothing to tell is healthy. */
function cronWorkflow(object: JsonObject): HealthStatus {
  const conditions = conditionsOf(object).filter(({ status }) => status === 'True');
  const error = conditions.find(({ type }) => type === 'SpecError' || type === 'SubmissionError');
  if (error !== undefined) return degraded(error.message);
  const completed = conditions.find(({ type }) => type === 'Completed');
  return healthy(completed?.message ?? 'CronWorkflow is healthy.');
}

/** An EventBus once it is configured and deployed. */
function eventBus(object: JsonObject): HealthStatus {
  const conditions = conditionsOf(object);
  const failed = conditions.find(({ status }) => status === 'False');
  if (failed !== undefined) return degraded(failed.message);
  const deployed = conditions.find(({ type }) => type === 'Deployed');
  return deployed?.status === 'True'
    ? healthy(deployed.message)
    : progressing('Waiting for EventBus to be deployed');
}

export const argoprojRules: RulesByKind = {
  Workflow: workflow,
  AnalysisRun: analysisRun,
  Experiment: experiment,
  ApplicationSet: applicationSet,
  CronWorkflow: cronWorkflow,
  EventBus: eventBus,
  Rollout: rolloutHealth,
};
