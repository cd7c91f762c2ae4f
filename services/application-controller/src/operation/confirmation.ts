import { annotations, type Application } from '@tiphys/model';

/** Whether a person approved of deletions at or after a moment (RFC 3339), by the annotation of the Application. */
export function isApprovedSince(app: Application, moment: string): boolean {
  const approved = Date.parse(app.metadata.annotations?.[annotations.deletionApproved] ?? '');
  return approved >= Date.parse(moment);
}
