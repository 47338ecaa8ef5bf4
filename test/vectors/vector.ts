// What stands in vectors/*.json, as types (vectors/README.md says what it means).

export interface ExpectedFrame {
  version: number;
  type: string;
  flags: number;
  message: unknown;
}

export interface ExpectedError {
  code: string;
  offset?: number;
  path?: string;
  limit?: number;
  actual?: number;
  issues?: { path: string; rule: string }[];
}

export interface Vector {
  name: string;
  hex?: string | (string | { repeat: string; times: number })[];
  settings?: { maxFrameBytes?: number; version?: number; features?: string[] };
  frame?: ExpectedFrame;
  canonical?: true;
  reencoded?: Vector['hex'];
  error?: ExpectedError;
  decode?: 'single';
  stricterThanProtobuf?: true;
  outcomes?: ({ frame: ExpectedFrame } | { invalid: ExpectedError } | { break: ExpectedError })[];
  negotiate?: { hello: object; server: Record<string, unknown>; welcome?: object; reject?: object };
  check?: { hello: object; welcome?: object; reject?: object; subprotocol?: string; agreement?: object; error?: ExpectedError };
}
