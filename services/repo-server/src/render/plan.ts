import type { JsonObject, SourceType } from '@tiphys/model';
import type { FileDecryptor } from '@tiphys/ports';

/** A render that is fully determined, and its name. */
export interface RenderPlan {
  readonly sourceType: SourceType;
  /** Commit SHA, chart version or digest. */
  readonly revision: string;
  readonly refRevisions: Readonly<Record<string, string>>;
  /** Everything that the outcome depends on, and nothing else. */
  readonly content: readonly string[];
  /** What the messages of a failure also depend on. */
  readonly place: string;
  /** True for renders that cost more than asking Redis for them. */
  readonly isCostly: boolean;
  /** Undefined where encrypted files are like any others. Plugins see to theirs themselves. */
  readonly render: (decryptor: FileDecryptor | undefined) => Promise<readonly JsonObject[]>;
}
