import type { Server } from 'node:http';

/** Where to listen, and by which variables that was chosen. */
export interface ListenOptions {
  readonly address: string;
  /** 0: any free port. */
  readonly port: number;
  /** Named in errors: `METRICS_ADDR`. */
  readonly addressVariable: string;
  /** Named in errors: `METRICS_PORT`. */
  readonly portVariable: string;
}

/** Thrown when a server cannot listen; the message names the variable to change. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  /** Node's code, such as `EADDRINUSE`. */
  readonly code: string;

  constructor(code: string, options: ListenOptions) {
    super(`${options.portVariable}=${options.port}: ${explain(code, options)}`);
    this.code = code;
  }
}

function explain(code: string, { address, port, addressVariable, portVariable }: ListenOptions) {
  switch (code) {
    case 'EADDRINUSE':
      return `the port is in use on ${address}; set ${portVariable} to another one (0 takes any free port)`;
    case 'EACCES':
      return `this user may not listen on port ${port}; set ${portVariable} to one above 1023`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${addressVariable}=${address} is no address of this machine`;
    default:
      return `cannot listen on ${address} (${code})`;
  }
}

/** Makes a server listen and tells the port that it got. Rejects with {@link ListenError}. */
export function listen(server: Server, options: ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      reject(new ListenError(error.code ?? 'unknown error', options));
    };
    server.once('error', onError);
    server.listen(options.port, options.address, () => {
      server.off('error', onError);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : options.port);
    });
  });
}
