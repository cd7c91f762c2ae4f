/** How a look at an Application ended; decides when the next one is. */
export type Outcome =
  | { readonly type: 'done'; readonly afterMs: number | undefined }
  /** Something has to happen elsewhere; it will be told, and is looked for again at the latest after `afterMs`. */
  | { readonly type: 'wait'; readonly reason: string; readonly afterMs: number }
  /** Only a change of the Application or of the settings can help. */
  | { readonly type: 'stalled'; readonly reason: string; readonly afterMs: number | undefined }
  | { readonly type: 'retry'; readonly error: unknown };
