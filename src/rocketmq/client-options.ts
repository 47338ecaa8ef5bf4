import { clientLogger } from './client-module.js';

/** How to reach RocketMQ. */
export interface ClientOptions {
  /** The gRPC endpoints of the proxy: `127.0.0.1:8081`, several with `;` between them. */
  readonly endpoints: string;
  /** Default: none. */
  readonly namespace?: string | undefined;
  /** TLS. Default false. */
  readonly sslEnabled?: boolean | undefined;
  /** Default: none. */
  readonly sessionCredentials?:
    | { readonly accessKey: string; readonly accessSecret: string; readonly securityToken?: string }
    | undefined;
  /** Milliseconds that one call may take: 1000 or more. Default 5000. */
  readonly requestTimeoutMs?: number | undefined;
}

const DEFAULT_REQUEST_TIMEOUT_MS = 5000;

/** The options that all clients of a broker share, as the official client names them. */
export function baseOptions({
  endpoints,
  namespace = '',
  sslEnabled = false,
  sessionCredentials,
  requestTimeoutMs,
}: ClientOptions) {
  return {
    endpoints,
    namespace,
    sslEnabled,
    ...(sessionCredentials === undefined ? {} : { sessionCredentials }),
    requestTimeout: requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS,
    logger: clientLogger,
  };
}
