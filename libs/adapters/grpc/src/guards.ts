import {
  ServerInterceptingCall,
  status,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  type ServerMethodDefinition,
} from '@grpc/grpc-js';
import { identityOf } from './identity.ts';
import { toServiceError } from './status.ts';
import { TiphysError } from '@tiphys/model';

/** Identities that may call a method, by the method's full path (`/package.Service/Method`). */
export type CallerTable = Readonly<Record<string, readonly string[]>>;

export interface CallEvent {
  /** `package.Service` */
  readonly service: string;
  readonly method: string;
  /** Name of the gRPC status, such as `OK` or `NotFound`. */
  readonly code: string;
  readonly seconds: number;
}

/** Lets a call through when its caller is on the method's list. A method without a list is closed to all. */
export function authorize(callers: CallerTable): ServerInterceptor {
  return (method, call) =>
    new ServerInterceptingCall(call, {
      start: (next) => {
        next({
          onReceiveMetadata: (metadata, mdNext) => {
            const refusal = refusalOf(method, call, callers);
            if (refusal === undefined) mdNext(metadata);
            else call.sendStatus(toServiceError(refusal));
          },
        });
      },
    });
}

function refusalOf(
  method: ServerMethodDefinition<unknown, unknown>,
  call: ServerInterceptingCallInterface,
  callers: CallerTable,
): TiphysError | undefined {
  const caller = identityOf(call.getAuthContext().sslPeerCertificate);
  if (caller !== undefined && (callers[method.path] ?? []).includes(caller)) return undefined;
  const who = caller === undefined ? 'a caller without a service identity' : `service ${caller}`;
  return new TiphysError('permission-denied', `${who} may not call ${method.path}`);
}

/** Reports each call once it has ended. */
export function observe(onCall: (event: CallEvent) => void): ServerInterceptor {
  return (method, call) => {
    const start = performance.now();
    const [, service = '', name = ''] = method.path.split('/');
    return new ServerInterceptingCall(call, {
      sendStatus: (outcome, next) => {
        const seconds = (performance.now() - start) / 1000;
        onCall({ service, method: name, code: codeName(outcome.code ?? status.OK), seconds });
        next(outcome);
      },
    });
  };
}

/** `NOT_FOUND` as `NotFound`, the way the metrics of gRPC servers spell it. */
function codeName(code: status): string {
  const name = status[code];
  if (name === undefined) return 'Unknown';
  if (code === status.OK) return 'OK';
  if (code === status.CANCELLED) return 'Canceled';
  return name
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('');
}
