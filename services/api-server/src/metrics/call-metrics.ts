import { apiSchema } from '@tiphys/adapter-argo-api';
import type { MethodShape } from '@tiphys/adapter-argo-api';
import { Counter, Histogram } from '@tiphys/runtime/metrics';
import type { Registry } from '@tiphys/runtime/metrics';

const METHOD = ['grpc_type', 'grpc_service', 'grpc_method'] as const;
type MethodLabel = (typeof METHOD)[number];
type Labels = Readonly<Record<MethodLabel, string>>;

/** Names of the gRPC codes, by number. */
const CODES = [
  ...['OK', 'Canceled', 'Unknown', 'InvalidArgument', 'DeadlineExceeded', 'NotFound', 'AlreadyExists'],
  ...['PermissionDenied', 'ResourceExhausted', 'FailedPrecondition', 'Aborted', 'OutOfRange'],
  ...['Unimplemented', 'Internal', 'Unavailable', 'DataLoss', 'Unauthenticated'],
] as const;

/** A call under way. */
export interface CallMeter {
  received(): void;
  sent(): void;
  /** `code` is the gRPC status code. */
  ended(code: number): void;
}

/** Counts the calls of the API, whatever transport they came by. Every RPC and code is there from the start. */
export class CallMetrics {
  readonly #started: Counter<MethodLabel>;
  readonly #handled: Counter<MethodLabel | 'grpc_code'>;
  readonly #received: Counter<MethodLabel>;
  readonly #sent: Counter<MethodLabel>;
  readonly #seconds: Histogram<MethodLabel> | undefined;
  readonly #labels = new Map<string, Labels>();

  constructor(registry: Registry, options: { readonly times: boolean }) {
    const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> =>
      new Counter({ name, help, labelNames: [...labelNames], registers: [registry] });
    this.#started = counter('grpc_server_started_total', 'Calls that began.', METHOD);
    this.#handled = counter('grpc_server_handled_total', 'Calls that ended, by code.', [
      ...METHOD,
      'grpc_code',
    ]);
    this.#received = counter('grpc_server_msg_received_total', 'Messages of callers.', METHOD);
    this.#sent = counter('grpc_server_msg_sent_total', 'Messages to callers.', METHOD);
    if (options.times) {
      this.#seconds = new Histogram({
        name: 'grpc_server_handling_seconds',
        help: 'Seconds that calls took.',
        labelNames: METHOD,
        registers: [registry],
      });
    }
    for (const method of apiSchema().methods.values()) this.#zero(method);
  }

  begin(method: MethodShape): CallMeter {
    const labels = this.#labels.get(method.path) ?? labelsOf(method);
    const started = performance.now();
    this.#started.inc(labels);
    return {
      received: () => this.#received.inc(labels),
      sent: () => this.#sent.inc(labels),
      ended: (code) => {
        this.#handled.inc({ ...labels, grpc_code: CODES[code] ?? 'Unknown' });
        this.#seconds?.observe(labels, (performance.now() - started) / 1_000);
      },
    };
  }

  #zero(method: MethodShape): void {
    const labels = labelsOf(method);
    this.#labels.set(method.path, labels);
    for (const counter of [this.#started, this.#received, this.#sent]) counter.inc(labels, 0);
    for (const code of CODES) this.#handled.inc({ ...labels, grpc_code: code }, 0);
  }
}

const labelsOf = ({ service, name, clientStreams, serverStreams }: MethodShape): Labels => ({
  grpc_type: clientStreams
    ? serverStreams
      ? 'bidi_stream'
      : 'client_stream'
    : serverStreams
      ? 'server_stream'
      : 'unary',
  grpc_service: service,
  grpc_method: name,
});
