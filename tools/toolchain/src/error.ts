export type ToolchainErrorCode =
  'UnknownTool' | 'ToolNotFound' | 'ToolVersionMismatch' | 'GoNotFound' | 'BuildFailed' | 'LockTimeout';

/** What the toolchain could not do; the message says how to go on. */
export class ToolchainError extends Error {
  readonly code: ToolchainErrorCode;

  constructor(code: ToolchainErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'ToolchainError';
    this.code = code;
  }
}
