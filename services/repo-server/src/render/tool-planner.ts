import { TiphysError, type SourceType } from '@tiphys/model';
import type { GitSourceView } from './git-planner.ts';
import type { RenderPlan } from './plan.ts';

/** Plans renders that run a program over files on disk. */
export interface ToolPlanner {
  plan(type: Exclude<SourceType, 'Directory'>, view: GitSourceView): Promise<RenderPlan>;
  planJsonnet(view: GitSourceView): Promise<RenderPlan>;
}

export const noTools: ToolPlanner = {
  plan: (type) =>
    Promise.reject(new TiphysError('unimplemented', `sources of type ${type} are not rendered here`)),
  planJsonnet: () => Promise.reject(new TiphysError('unimplemented', 'Jsonnet is not rendered here')),
};
