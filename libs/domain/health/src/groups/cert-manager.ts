import { byConditions } from '../condition-table.ts';
import { progressing, type RulesByKind } from '../rule.ts';

/** A certificate that is being issued is neither ready nor broken. */
const certificate = byConditions({
  rows: [
    { type: 'Issuing', status: 'True', gives: 'Progressing' },
    { type: 'Ready', status: 'True', gives: 'Healthy' },
    { type: 'Ready', status: 'False', gives: 'Degraded' },
  ],
  otherwise: progressing('Waiting for certificate'),
});

const issuer = (name: string): ReturnType<typeof byConditions> =>
  byConditions({
    rows: [
      { type: 'Ready', status: 'True', gives: 'Healthy' },
      { type: 'Ready', status: 'False', gives: 'Degraded' },
    ],
    otherwise: progressing(`Initializing ${name}`),
  });

export const certManagerRules: RulesByKind = {
  Certificate: certificate,
  ClusterIssuer: issuer('ClusterIssuer'),
  Issuer: issuer('issuer'),
};
